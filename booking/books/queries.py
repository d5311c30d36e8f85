"""What pages read of the journal: the months, and what is in one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select

from booking.books.accounts import ChartOfAccounts, chart_of
from booking.books.closing import last_balances, to_close
from booking.books.journal import AccountRole, VoucherKind
from booking.books.models import ClosedMonth, JournalEntry, Voucher
from booking.books.posting import first_open_day, rules_of_books
from booking.books.sources.moment import last_of, month_of
from booking.catalogue.models import Activity, TicketType
from booking.centre.facts import CentreFacts
from booking.kernel.database import Texts, run

MOST_MONTHS = 60


@dataclass(frozen=True, slots=True)
class MonthInList:
    """A month with who closed it when, if it is closed."""

    month: date
    closed_at: datetime | None = None
    closed_by: str = ""


@dataclass(frozen=True, slots=True)
class AccountSum:
    """What a month has on an account, in minor units, both above nought."""

    role: AccountRole
    rate: int
    account: str
    code: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class DaySum:
    """What a day has of one kind through one channel: how many vouchers, and their debit in minor units."""

    on: date
    kind: VoucherKind
    channel: str
    vouchers: int
    debit: int


@dataclass(frozen=True, slots=True)
class BooksMonth:
    """A month of the journal; `sums` by account number, `balances` at its end by role, in minor units."""

    month: date
    closed: MonthInList | None
    sums: tuple[AccountSum, ...]
    days: tuple[DaySum, ...]
    balances: dict[AccountRole, int]
    missing: tuple[tuple[AccountRole, int], ...]
    closes: tuple[date, ...]
    chart: ChartOfAccounts

    @property
    def debit(self) -> int:
        """All in debit."""
        return sum(each.debit for each in self.sums)

    @property
    def credit(self) -> int:
        """All in credit, above nought."""
        return sum(each.credit for each in self.sums)


def months(centre: CentreFacts, today: date) -> list[MonthInList]:
    """The months of the journal, the present one first."""
    query = select(ClosedMonth.month, ClosedMonth.closed_at, ClosedMonth.closed_by)
    closed = [MonthInList(*row) for row in run(query.order_by(ClosedMonth.month.desc()).limit(MOST_MONTHS))]
    still_open = [MonthInList(month) for month in to_close(month_of(today), centre)]
    return [*reversed(still_open), *closed][:MOST_MONTHS]


def chart_of_month(month: date) -> ChartOfAccounts | None:
    """The numbers that hold for a month: its own once it is closed. None while nobody has said any."""
    kept = run(select(ClosedMonth.accounts).where(ClosedMonth.month == month)).scalar()
    if kept is not None:
        return ChartOfAccounts(**kept)
    rules = rules_of_books()
    return None if rules is None else chart_of(rules)


def books_month(month: date, centre: CentreFacts) -> BooksMonth | None:
    """A month with its sums and days, in a fixed number of statements; None without accounts."""
    chart = chart_of_month(month)
    if chart is None:
        return None
    closed = run(
        select(ClosedMonth.month, ClosedMonth.closed_at, ClosedMonth.closed_by, ClosedMonth.balances).where(
            ClosedMonth.month == month
        )
    ).first()
    sums = _sums(month, chart)
    return BooksMonth(
        month,
        MonthInList(*closed[:3]) if closed else None,
        sums,
        _days(month),
        {AccountRole(role): amount for role, amount in closed[3].items()} if closed else _balances(last_of(month)),
        () if closed else tuple(chart.missing([(each.role, each.rate) for each in sums])),
        () if closed else tuple(to_close(month, centre)),
        chart,
    )


def _sums(month: date, chart: ChartOfAccounts) -> tuple[AccountSum, ...]:
    debit, credit = (
        func.sum(case((JournalEntry.amount * sign > 0, JournalEntry.amount * sign), else_=0)) for sign in (1, -1)
    )
    query = (
        select(JournalEntry.role, JournalEntry.vat_rate, debit, credit)
        .join(Voucher, Voucher.number == JournalEntry.voucher_number)
        .where(Voucher.on_day.between(month, last_of(month)))
        .group_by(JournalEntry.role, JournalEntry.vat_rate)
    )
    order = {role: place for place, role in enumerate(AccountRole)}
    rows = sorted(run(query), key=lambda row: (chart.account_of(row[0], row[1]), order[row[0]], row[1]))
    return tuple(
        AccountSum(
            role, rate, chart.account_of(role, rate), chart.code_of(role, rate), int(in_debit), int(in_credit)
        )
        for role, rate, in_debit, in_credit in rows
    )  # fmt: skip


def _days(month: date) -> tuple[DaySum, ...]:
    query = (
        select(
            Voucher.on_day, Voucher.kind, Voucher.channel, func.count(Voucher.number.distinct()),
            func.sum(case((JournalEntry.amount > 0, JournalEntry.amount), else_=0)),
        )
        .join(JournalEntry, JournalEntry.voucher_number == Voucher.number)
        .where(Voucher.on_day.between(month, last_of(month)))
        .group_by(Voucher.on_day, Voucher.kind, Voucher.channel)
        .order_by(Voucher.on_day, Voucher.kind, Voucher.channel)
    )  # fmt: skip
    return tuple(DaySum(on, kind, channel, int(many), int(debit)) for on, kind, channel, many, debit in run(query))


def _balances(day: date) -> dict[AccountRole, int]:
    """What stands on each account at the end of a day that is in no closed month: from the last close on."""
    query = (
        select(JournalEntry.role, func.sum(JournalEntry.amount))
        .join(Voucher, Voucher.number == JournalEntry.voucher_number)
        .where(Voucher.on_day.between(first_open_day() or date.min, day))
        .group_by(JournalEntry.role)
    )
    balances = {AccountRole(role): amount for role, amount in last_balances().items()}
    for role, amount in run(query):
        balances[role] = balances.get(role, 0) + int(amount)
    return balances


def rates_sold() -> list[int]:
    """The VAT rates of what is sold, in hundredths of a percent."""
    return [rate for (rate,) in run(select(TicketType.vat_rate).distinct())]


def activities_sold() -> list[tuple[int, Texts]]:
    """The activities that may have a code of their own, each id with its title."""
    query = (
        select(Activity.id, Activity.title).where(Activity.active).order_by(Activity.kind, Activity.sort, Activity.id)
    )
    return [(activity_id, title) for activity_id, title in run(query)]
