"""Tables of what came in on the bank account: files taken, their rows, and what of a row pays which invoice.

A row is worth its amount, below nought where money was taken back. Of that `applied` is on invoices (its shares, which
move `invoice.paid`), `over` was paid too much, and what is left waits, is set aside or is in another currency. Of what
is over its late shares pay fees of reminders and interest; while a row waits or is set aside, that is all that is over.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.invoicing.bank.match import RowOutcome
from booking.kernel.database import Id, Json, Model, UTCDateTime, stored

_OVER = text("over <> 0")


class RowState(StrEnum):
    """What has become of a row."""

    WAITING = "waiting"  # somebody must say what it is for
    MATCHED = "matched"  # all of it is on invoices, or over
    SET_ASIDE = "set_aside"  # what is on no invoice is for none; a person said why
    OTHER_CURRENCY = "other_currency"
    TAKEN_BACK = "taken_back"  # a payment that went back, and the row that took it back


class StoredBankFile(Model):
    """A bank's file of which something was new. `size` rows were about our account, `had` of them taken before."""

    __tablename__ = "bank_file"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[str] = mapped_column(String(35))
    account: Mapped[str] = mapped_column(String(35))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    size: Mapped[int]
    had: Mapped[int]
    left_out: Mapped[int]

    __table_args__ = (CheckConstraint("had >= 0 AND size > had AND left_out >= 0", name="counts"),)


class StoredBankRow(Model):
    """A `BankRow` that was taken, once by its `key`, and what has become of it; sums in minor units of `currency`.

    `outcome` is what the file's reading made of it and never changes; `proposals` are numbers of invoices with the
    reason, `may_undo` keys of payments that a row without a match may have taken back. `by_hand_at`: when a person last
    dealt with it; none once all of that is undone. `undone_at`: when it was last undone, or what had taken it back was,
    or some of it came off an invoice that was credited.
    """

    __tablename__ = "bank_row"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("bank_file.id"), index=True)
    number: Mapped[int]
    bank_reference: Mapped[str] = mapped_column(String(35))
    booked_on: Mapped[date] = mapped_column(Date, index=True)
    value_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reversal: Mapped[bool]
    kid: Mapped[str] = mapped_column(String(35))
    refs: Mapped[list[str]] = mapped_column(Json)
    text: Mapped[str] = mapped_column(Text)
    debtor: Mapped[str] = mapped_column(String(140))
    debtor_account: Mapped[str] = mapped_column(String(70))
    outcome: Mapped[RowOutcome] = mapped_column(stored(RowOutcome))
    state: Mapped[RowState] = mapped_column(stored(RowState))
    applied: Mapped[int] = mapped_column(BigInteger)
    over: Mapped[int] = mapped_column(BigInteger)
    proposals: Mapped[list[Any]] = mapped_column(Json)
    may_undo: Mapped[list[str]] = mapped_column(Json)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("bank_row.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    by_hand_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "(NOT reversal AND applied >= 0 AND over >= 0 AND applied + over <= amount)"
            " OR (reversal AND applied <= 0 AND over <= 0 AND applied + over >= -amount)",
            name="sums",
        ),
        CheckConstraint("state <> 'matched' OR abs(applied + over) = amount", name="matched_whole"),
        CheckConstraint("over = 0 OR state <> 'other_currency'", name="over_in_our_currency"),
        CheckConstraint("undoes_id IS NULL OR (reversal AND state = 'taken_back')", name="undoes"),
        Index("ix_bank_row_state", "state", "id"),
        Index("ix_bank_row_over", "id", sqlite_where=_OVER, postgresql_where=_OVER),
    )

    @property
    def worth(self) -> int:
        """What it adds to what came in, below nought where it takes back."""
        return -self.amount if self.reversal else self.amount

    @property
    def rest(self) -> int:
        """What of it is neither on an invoice nor over."""
        return self.worth - self.applied - self.over


class BankShare(Model):
    """What of a row pays an invoice, below nought where it was taken back; a share stays when its invoice goes."""

    __tablename__ = "bank_share"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("bank_row.id", ondelete="CASCADE"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id", ondelete="SET NULL"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    by_hand: Mapped[bool]

    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        UniqueConstraint("row_id", "invoice_id", "by_hand", name="uq_bank_share_once"),
    )


class BankLateShare(Model):
    """What of a row's `over` is for fees of reminders and interest claimed of an invoice; below nought taken back."""

    __tablename__ = "bank_late_share"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("bank_row.id", ondelete="CASCADE"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id", ondelete="SET NULL"), index=True)
    fee: Mapped[int] = mapped_column(BigInteger)
    interest: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint(
            "(fee >= 0 AND interest >= 0 AND fee + interest > 0)"
            " OR (fee <= 0 AND interest <= 0 AND fee + interest < 0)",
            name="sums",
        ),
        UniqueConstraint("row_id", "invoice_id", name="uq_bank_late_share_once"),
    )
