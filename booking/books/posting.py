"""The journal follows what stands in the database: what it does not say yet becomes vouchers, each thing once.

Each source (a payment, a refund, a document, …) has its standing: what the journal should say of it, all vouchers
together. What is posted is taken off that, and the rest is a new voucher. So a process that is killed loses nothing,
the same source is never booked twice, and what changes in a month that is closed is put right in the open one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select, update

from booking.books.journal import LineKey, Standing, VoucherGroup, VoucherLine, balanced, still_to_say
from booking.books.models import BooksRules, ClosedMonth, JournalEntry, JournalSource, Voucher
from booking.books.sources.bank import bank_rows
from booking.books.sources.delivered import deliveries
from booking.books.sources.gift_cards import expired_cards
from booking.books.sources.invoices import documents
from booking.books.sources.moment import PostingCut, midnight, month_of, next_month
from booking.books.sources.payouts import payouts
from booking.books.sources.sales import incomes
from booking.books.sources.takings import disputes, payments, refunds
from booking.books.sources.write_offs import write_offs
from booking.centre.facts import CentreFacts
from booking.invoicing.models import Invoice
from booking.kernel.database import db, insert_into, one_at_a_time, run, unit_of_work
from booking.payments.models import Payment

TURN = ("books",)  # whoever writes vouchers or closes a month does so alone
LOOKS_BACK = timedelta(days=62)  # before the first open month, where nobody asks for all
SOURCES: tuple[Callable[[PostingCut], list[Standing]], ...] = (
    payments, refunds, disputes, incomes, documents, deliveries, bank_rows, write_offs, payouts,
    expired_cards,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Posted:
    """How often a source is posted, and what of it."""

    times: int
    lines: dict[LineKey, tuple[int, int]]


def book_up(centre: CentreFacts, now: datetime, *, whole: bool = False, batches: int | None = None) -> bool:
    """Post what is missing; of money of bookings what is of days that are over. `whole`: however long ago it was.

    In units of work of its own, `batches` at most; True when nothing is left. Without rules there is no journal.
    """
    rules = rules_of_books()
    if rules is None:
        return True
    today = centre.local(now).date()
    first = first_open_day()
    since = None if whole or first is None else midnight(centre, first) - LOOKS_BACK
    left = batches
    for until, last_day in _steps(_begin(first, rules.booked_at, centre), today, centre):
        cut = PostingCut(centre, since, until, last_day)
        for source in SOURCES:
            while _post(source, cut, now):
                if left is not None:
                    left -= 1
                    if left <= 0:
                        return False
        with unit_of_work():
            run(update(BooksRules).values(booked_at=now if last_day == today else until))
    return True


def rules_of_books() -> BooksRules | None:
    """The centre's accounts, once somebody has said them."""
    return db.session.scalar(select(BooksRules).execution_options(populate_existing=True))


def first_open_day() -> date | None:
    """The day after the last closed month; None while none is closed."""
    last: date | None = run(select(func.max(ClosedMonth.last_day))).scalar()
    return None if last is None else last + timedelta(days=1)


def is_behind(cut: PostingCut) -> bool:
    """Whether something is not posted up to there."""
    return any(source(cut) for source in SOURCES)


def first_fact(centre: CentreFacts) -> date | None:
    """The day when the first money came or the first document was issued."""
    paid_at, issued_on = (run(select(func.min(column))).scalar() for column in (Payment.paid_at, Invoice.issued_on))
    days = [*([centre.local(paid_at).date()] if paid_at else []), *([issued_on] if issued_on else [])]
    return min(days) if days else None


def _begin(first_open: date | None, booked_at: datetime | None, centre: CentreFacts) -> date | None:
    """The first day whose month's end is still to be posted.

    A month's end that is posted is not looked at again: what has changed since would be taken for what was so then.
    """
    days = [*([first_open] if first_open else []), *([centre.local(booked_at).date()] if booked_at else [])]
    return max(days) if days else None


def _steps(first: date | None, today: date, centre: CentreFacts) -> list[tuple[datetime, date]]:
    """Month by month up to now, so that each month says what was so at its end."""
    steps = []
    if first is None:
        first = first_fact(centre) or today
    month = next_month(month_of(first))
    while month <= today:
        steps.append((midnight(centre, month), month - timedelta(days=1)))
        month = next_month(month)
    return [*steps, (midnight(centre, today), today)]


def _post(source: Callable[[PostingCut], list[Standing]], cut: PostingCut, now: datetime) -> bool:
    """A batch of one kind; False when there is none."""
    with unit_of_work():
        one_at_a_time(TURN)
        standings = source(cut)
        if not standings:
            return False
        posted = _posted([standing.source for standing in standings])
        first = first_open_day() or date.min
        groups: dict[VoucherGroup, list[tuple[str, VoucherLine]]] = {}
        for standing in standings:
            before = posted.get(standing.source)
            day = standing.on if before is None or not before.lines else standing.again
            group = VoucherGroup(
                standing.kind, max(day, first), standing.channel, standing.source if standing.alone else ""
            )
            lines = still_to_say(standing.lines, before.lines if before else {})
            groups.setdefault(group, []).extend((standing.source, line) for line in lines)
        for group, entries in groups.items():
            if entries:
                write_voucher(group, entries, now)
        _mark(standings)
        return True


def write_voucher(group: VoucherGroup, entries: Sequence[tuple[str, VoucherLine]], now: datetime) -> int:
    """Write a voucher with its entries, each with its source; inside a unit of work whose TURN it is.

    Raises Unbalanced. The entries come before the voucher: see models.py.
    """
    balanced(line for _source, line in entries)
    taken = update(BooksRules).where(BooksRules.id == 1).values(last_number=BooksRules.last_number + 1)
    number = int(run(taken.returning(BooksRules.last_number)).scalar_one())
    run(
        insert(JournalEntry),
        [
            {
                "voucher_number": number, "source": source, "role": line.key.role, "vat_rate": line.key.vat_rate,
                "activity_id": line.key.activity_id, "invoice_id": line.key.invoice_id, "amount": line.amount,
                "vat": line.vat,
            }
            for source, line in entries
        ],
    )  # fmt: skip
    voucher = {
        "number": number, "kind": group.kind, "on_day": group.on, "channel": group.channel, "written_at": now,
    }  # fmt: skip
    run(insert(Voucher), voucher)
    return number


def _posted(sources: Sequence[str]) -> dict[str, _Posted]:
    """What is posted of these."""
    times = select(JournalSource.source, JournalSource.times).where(JournalSource.source.in_(sources))
    posted = {source: _Posted(number, {}) for source, number in run(times)}
    if not posted:
        return {}
    key = (JournalEntry.role, JournalEntry.vat_rate, JournalEntry.activity_id, JournalEntry.invoice_id)
    query = (
        select(JournalEntry.source, *key, func.sum(JournalEntry.amount), func.sum(JournalEntry.vat))
        .where(JournalEntry.source.in_(list(posted)))
        .group_by(JournalEntry.source, *key)
    )
    for source, role, rate, activity_id, invoice_id, amount, vat in run(query):
        if amount or vat:
            posted[source].lines[LineKey(role, rate, activity_id, invoice_id)] = int(amount), int(vat)
    return posted


def _mark(standings: Sequence[Standing]) -> None:
    """Remember how they stood."""
    statement = insert_into(JournalSource)
    again = statement.on_conflict_do_update(
        index_elements=["source"],
        set_={"mark": statement.excluded.mark, "times": JournalSource.times + 1},
    )
    run(again, [{"source": each.source, "mark": each.mark, "times": 1} for each in standings])
