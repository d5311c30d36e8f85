"""Tables of the journal: vouchers with their entries, what they were made from, and months that are closed.

The database itself refuses a voucher that does not balance. Its entries come first, under the number that it will have:
they refer to it by a key that is asked at the end of the transaction only, so that none stays without its voucher, and
the voucher is refused unless they add up to nought. Once it is there nobody adds an entry, and none is changed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, CheckConstraint, Date, ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column

from booking.books.journal import AccountRole, VoucherKind
from booking.kernel.database import Id, Json, Model, UTCDateTime, stored
from booking.payments.provider import PayWay


class Voucher(Model):
    """A voucher; `number` runs without gaps. `on_day` lies in no month that was closed when it was written."""

    __tablename__ = "voucher"

    number: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[VoucherKind] = mapped_column(stored(VoucherKind))
    on_day: Mapped[date] = mapped_column(Date, index=True)
    channel: Mapped[str] = mapped_column(String(20), default="", server_default="")
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("number > 0", name="number"),)


class JournalEntry(Model):
    """A line of a voucher: `amount` in minor units, debit above nought; `vat` is what goes with a line of income.

    `source` is what it was made from, such as "payment:12". `activity_id` and `invoice_id` are kept without keys: what
    they name may be forgotten before the voucher; 0 for none.
    """

    __tablename__ = "journal_entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    voucher_number: Mapped[int] = mapped_column(ForeignKey("voucher.number", deferrable=True, initially="DEFERRED"))
    source: Mapped[str] = mapped_column(String(40), index=True)
    role: Mapped[AccountRole] = mapped_column(stored(AccountRole))
    vat_rate: Mapped[int] = mapped_column(default=0, server_default="0")
    activity_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    invoice_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    amount: Mapped[int] = mapped_column(BigInteger)
    vat: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")

    __table_args__ = (Index("ix_journal_entry_voucher_number", "voucher_number"),)


class JournalSource(Model):
    """How a source stood when it was last posted: `mark` says so, `times` counts, so that none is posted twice."""

    __tablename__ = "journal_source"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    mark: Mapped[str] = mapped_column(String(80))
    times: Mapped[int]


class BooksRules(Model):
    """The centre's accounts; one row, and without it there is no journal.

    `accounts` is the number by role, `codes` the VAT code by role of what is sold untaxed, `vat` account and code by
    rate, `dimensions` a code by activity. `confirmed` is what somebody stands for, as the log names it: what is as we
    suggested it and is not among these, no accountant may have seen. `last_number` is the last voucher's, `booked_at`
    when all was posted last.
    """

    __tablename__ = "books_rules"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    accounts: Mapped[dict[str, str]] = mapped_column(Json)
    codes: Mapped[dict[str, str]] = mapped_column(Json)
    vat: Mapped[dict[str, list[str]]] = mapped_column(Json)
    dimensions: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default="{}")
    confirmed: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default="{}")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    last_number: Mapped[int] = mapped_column(default=0, server_default="0")
    booked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("id = 1", name="one"),)


class ClosedMonth(Model):
    """A month that nothing is dated into any more; `accounts` are the centre's as they were then, see BooksRules.

    `sums` are its entries by role, `balances` what stands on each at its end, in minor units.
    """

    __tablename__ = "closed_month"

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    last_day: Mapped[date] = mapped_column(Date)
    closed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_by: Mapped[str] = mapped_column(String(40))
    last_number: Mapped[int]
    accounts: Mapped[dict[str, Any]] = mapped_column(Json)
    sums: Mapped[dict[str, int]] = mapped_column(Json)
    balances: Mapped[dict[str, int]] = mapped_column(Json)


class Payout(Model):
    """What the provider of a `way` to pay paid out: `amount` came to the bank, `charges` it kept; minor units. `ref` is
    its own name.

    `once` is its day and sum with its place among those alike, so that the same money is not entered under two names;
    none once it was taken back, for a `reason`. `changed_at` is when it was last put right or taken back, `changed_on`
    the day that the books have that on, and `version` counts how often.
    """

    __tablename__ = "payout"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(80), unique=True)
    way: Mapped[PayWay] = mapped_column(stored(PayWay, check=False), default=PayWay.CARD, server_default="card")
    on_day: Mapped[date] = mapped_column(Date, index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    charges: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    once: Mapped[str | None] = mapped_column(String(40))
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (Index("uq_payout_once", "once", unique=True),)


class PayoutRow(Model):
    """A row of a payout's file: `ref` names the charge at the provider; `gross` is below nought where it went back.

    `item` is what the row itself is there: a refund or a dispute of that charge.
    """

    __tablename__ = "payout_row"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(String(255), index=True)
    item: Mapped[str] = mapped_column(String(255), default="", server_default="", index=True)
    gross: Mapped[int] = mapped_column(BigInteger)
    charges: Mapped[int] = mapped_column(BigInteger)


NOT_BALANCED = "a voucher balances"
IN_CLOSED = "the month is closed"
SEALED = "a voucher is whole when it is written"
NEVER_CHANGED, STILL_KEPT = "what is in the journal is never changed", "the journal is kept"
ALWAYS = "1 = 1"
_OUT = "(SELECT coalesce(sum(amount), 0) FROM journal_entry WHERE voucher_number = NEW.number) <> 0"
_EMPTY = "NOT EXISTS (SELECT 1 FROM journal_entry WHERE voucher_number = NEW.number)"
_CLOSED = "EXISTS (SELECT 1 FROM closed_month WHERE last_day >= NEW.on_day)"
_THERE = "EXISTS (SELECT 1 FROM voucher WHERE number = NEW.voucher_number)"


def _refuse(name: str, when: str, table: str, checks: dict[str, str]) -> tuple[list[str], list[str]]:
    """A trigger for each database that refuses with these words where their condition holds."""
    in_sqlite = " ".join(f"SELECT RAISE(ABORT, '{words}') WHERE {check};" for words, check in checks.items())
    in_postgres = " ".join(
        f"IF {check} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for words, check in checks.items()
    )
    row = "OLD" if "DELETE" in when else "NEW"
    return [f"CREATE TRIGGER {name} BEFORE {when} ON {table} BEGIN {in_sqlite} END"], [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {in_postgres} RETURN {row}; END $$",
        f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


_GUARDS: list[tuple[type[Model], tuple[list[str], list[str]]]] = [
    (
        Voucher,
        _refuse("voucher_balances", "INSERT", "voucher", {NOT_BALANCED: f"{_OUT} OR {_EMPTY}", IN_CLOSED: _CLOSED}),
    ),
    (Voucher, _refuse("voucher_unchanged", "UPDATE", "voucher", {NEVER_CHANGED: ALWAYS})),
    (Voucher, _refuse("voucher_kept", "DELETE", "voucher", {STILL_KEPT: ALWAYS})),
    (JournalEntry, _refuse("journal_entry_sealed", "INSERT", "journal_entry", {SEALED: _THERE})),
    (JournalEntry, _refuse("journal_entry_unchanged", "UPDATE", "journal_entry", {NEVER_CHANGED: ALWAYS})),
    (JournalEntry, _refuse("journal_entry_kept", "DELETE", "journal_entry", {STILL_KEPT: ALWAYS})),
    (ClosedMonth, _refuse("closed_month_unchanged", "UPDATE", "closed_month", {NEVER_CHANGED: ALWAYS})),
    (ClosedMonth, _refuse("closed_month_kept", "DELETE", "closed_month", {STILL_KEPT: ALWAYS})),
]
for _table, _of_both in _GUARDS:
    for _dialect, _statements in zip(("sqlite", "postgresql"), _of_both, strict=True):
        for _statement in _statements:
            _ddl = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(_table.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
