"""A month is closed: all of it is posted, agrees with what stands in the database, and has its accounts.

Nothing is dated into it from then on, which the database sees to: what changes later falls in the open month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from booking.books.accounts import chart_of
from booking.books.differences import Compared, VatDiffers, compare, vat_that_differs
from booking.books.journal import AccountRole
from booking.books.models import ClosedMonth, JournalEntry, Voucher
from booking.books.posting import (
    LOOKS_BACK,
    TURN,
    book_up,
    first_fact,
    first_open_day,
    is_behind,
    rules_of_books,
)
from booking.books.sources.moment import PostingCut, last_of, midnight, month_of, next_month
from booking.centre.facts import CentreFacts
from booking.kernel.database import insert_once, one_at_a_time, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.records.audit import note


class BooksNotSetUp(Refusal):
    """The centre has not said its accounts."""


class MonthNotOver(Refusal):
    """The month has days to come, or nothing has happened in it yet."""


class MonthClosed(Refusal):
    """Somebody has closed it."""


class AccountsMissing(Refusal):
    """What the month has entries for and no number or code; `missing` are roles with their rate."""

    def __init__(self, missing: Sequence[tuple[AccountRole, int]]) -> None:
        super().__init__(", ".join(f"{role} {rate}" for role, rate in missing))
        self.missing = tuple(missing)


class DoesNotAgree(Refusal):
    """The journal says something else than what stands in the database."""

    def __init__(self, compared: Sequence[Compared], taxes: Sequence[VatDiffers]) -> None:
        super().__init__(f"{len(compared)} accounts, {len(taxes)} taxes")
        self.compared = tuple(compared)
        self.taxes = tuple(taxes)


class MovedMeanwhile(Refusal):
    """Something was sold, issued or paid while the month was being closed; nothing is closed."""


@dataclass(frozen=True, slots=True)
class MonthSums:
    """A month's entries by role and rate, how many vouchers, and the last one's number; minor units."""

    by_role: dict[tuple[AccountRole, int], int]
    vouchers: int
    debit: int
    last_number: int

    @property
    def tax(self) -> int:
        """The VAT of the month."""
        return -sum(amount for (role, _rate), amount in self.by_role.items() if role is AccountRole.VAT)


def to_close(month: date, centre: CentreFacts) -> list[date]:
    """The months that closing this one closes, the first first: those before it that are open too.

    The first of all begin with the first fact, or before it with months that have vouchers: a payout may be of a day
    before anything was paid here, of whatever year. Years in between without any have nothing to close.
    """
    first = first_open_day()
    if first is not None:
        return _from(month_of(first), month)
    begins = month_of(first_fact(centre) or month)
    early = run(select(Voucher.on_day).where(Voucher.on_day < min(begins, month)).distinct()).scalars()
    return sorted({*map(month_of, early), *_from(begins, month)})


def _from(first: date, last: date) -> list[date]:
    months = []
    while first <= last:
        months.append(first)
        first = next_month(first)
    return months


def cut_at(centre: CentreFacts, now: datetime, since: datetime | None = None) -> PostingCut:
    """All that is over: money of bookings until this midnight, documents until now."""
    today = centre.local(now).date()
    return PostingCut(centre, since, midnight(centre, today), today, most=1)


def disagreements(
    centre: CentreFacts, now: datetime, begins: date, ends: date
) -> tuple[list[Compared], list[VatDiffers]]:
    """What does not agree once all is posted; reads whole tables."""
    cut = cut_at(centre, now)
    return [each for each in compare(cut) if each.difference], vat_that_differs(begins, ends, cut)


def close_month(month: date, centre: CentreFacts, now: datetime, actor: str) -> MonthSums:
    """Close a month, and with it those before it that are open. Opens units of work of its own.

    Raises BooksNotSetUp, MonthNotOver, MonthClosed, AccountsMissing, DoesNotAgree, MovedMeanwhile.
    """
    rules = rules_of_books()
    if rules is None:
        raise BooksNotSetUp
    if last_of(month) >= centre.local(now).date():
        raise MonthNotOver
    if not to_close(month, centre):
        raise MonthClosed
    book_up(centre, now, whole=True)
    months = to_close(month, centre)
    if not months:
        raise MonthClosed
    compared, taxes = disagreements(centre, now, months[0], last_of(month))
    if compared or taxes:
        raise DoesNotAgree(compared, taxes)
    with unit_of_work():
        one_at_a_time(TURN)
        return _close(months, centre, now, actor)


def _close(months: list[date], centre: CentreFacts, now: datetime, actor: str) -> MonthSums:
    rules = rules_of_books()
    if rules is None:
        raise BooksNotSetUp
    if to_close(months[-1], centre) != months:
        raise MonthClosed
    last_day = last_of(months[-1])
    since = midnight(centre, months[0]) - LOOKS_BACK
    if is_behind(cut_at(centre, now, since)):  # at the month's end other things were so, and those are posted
        raise MovedMeanwhile
    chart = chart_of(rules)
    sums = sums_of(months[0], last_day)
    if missing := chart.missing(sums.by_role):
        raise AccountsMissing(missing)
    balances = Counter(last_balances())
    for month in months:
        of_month = sums_of(month, last_of(month))
        by_role: Counter[str] = Counter()
        for (role, _rate), amount in of_month.by_role.items():
            by_role[role.value] += amount
        balances.update(by_role)
        row = {
            "month": month, "last_day": last_of(month), "closed_at": now, "closed_by": actor,
            "last_number": of_month.last_number, "accounts": chart.as_kept(), "sums": dict(by_role),
            "balances": dict(balances),
        }  # fmt: skip
        if not insert_once(ClosedMonth, "month", row):
            raise MonthClosed
    facts = {"vouchers": sums.vouchers, "debit": sums.debit, "vat": sums.tax}
    note(actor, "books.close", f"month:{months[-1]:%Y-%m}", None, facts)
    return sums


def sums_of(begins: date, ends: date) -> MonthSums:
    """What the journal has from one day to another; two statements."""
    within = Voucher.on_day.between(begins, ends)
    by_role = (
        select(JournalEntry.role, JournalEntry.vat_rate, func.sum(JournalEntry.amount))
        .join(Voucher, Voucher.number == JournalEntry.voucher_number)
        .where(within)
        .group_by(JournalEntry.role, JournalEntry.vat_rate)
        .order_by(JournalEntry.role, JournalEntry.vat_rate)
    )
    debit = (
        select(func.coalesce(func.sum(JournalEntry.amount), 0))
        .join(Voucher, Voucher.number == JournalEntry.voucher_number)
        .where(within, JournalEntry.amount > 0)
        .scalar_subquery()
    )
    count, last, in_debit = run(select(func.count(), func.max(Voucher.number), debit).where(within)).one()
    return MonthSums(
        {(role, rate): int(amount) for role, rate, amount in run(by_role)}, int(count), int(in_debit), int(last or 0)
    )


def last_balances() -> dict[str, int]:
    """What stood on each account at the end of the last closed month."""
    query = select(ClosedMonth.balances).order_by(ClosedMonth.month.desc()).limit(1)
    return dict(run(query).scalar() or {})
