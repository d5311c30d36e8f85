"""The books: the months, what is in one, and its close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.books.accounts import named
from booking.books.closing import AccountsMissing, DoesNotAgree, close_month
from booking.books.exports.files import JournalForm, journal_file
from booking.books.exports.rows import MonthOpen
from booking.books.journal import AccountRole
from booking.books.payouts.queries import PayoutFacts, payouts_too_early
from booking.books.posting import book_up, rules_of_books
from booking.books.queries import BooksMonth, DaySum, MonthInList, books_month, months
from booking.books.sources.moment import last_of
from booking.history.log import names
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.reports.names import actors
from booking.staff.models import Role
from booking.web.admin.books.accounts import suggested_numbers
from booking.web.admin.books.book_words import AGREES, CHANNELS, KINDS, ROLES
from booking.web.blueprints import admin
from booking.web.files import download
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import sentence
from booking.web.staff.confirming import NOT_CONFIRMED, confirm_anew
from booking.web.typed import a_month, one_of

FORMS = {
    JournalForm.CSV: "CSV", JournalForm.XLSX: "Excel", JournalForm.GBAT10: "GBAT10",
    JournalForm.POWEROFFICE: "PowerOffice Go",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BooksPage:
    """The months; `booked_at` is none before the journal was first brought up to date."""

    set_up: bool
    may_set_up: bool
    months: Sequence[MonthInList]
    present: date
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """What stands on a role's account, in minor units: in debit, or in credit below nought."""

    account: str
    role: AccountRole
    amount: int


@dataclass(frozen=True, slots=True)
class BooksMonthPage:
    """A month as it is `at` a moment.

    `refused` are sentences of what stops its close, `suggested` the numbers that nobody has confirmed, `early` payouts
    of a day before anything was paid online, with which the open months begin.
    """

    books: BooksMonth
    is_over: bool
    at: datetime
    names: Mapping[str, str]
    refused: Sequence[str] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    suggested: frozenset[str] = frozenset()
    early: Sequence[PayoutFacts] = ()

    @property
    def unconfirmed(self) -> list[str]:
        """What the month has entries for on numbers that nobody has confirmed; nothing once it is closed."""
        roles = [] if self.books.closed else [(each.role, each.rate) for each in self.books.sums]
        return list(dict.fromkeys(self.role(role) for role, rate in roles if self.suggested & {*named(role, rate)}))

    @property
    def files(self) -> list[tuple[JournalForm, str]]:
        """The forms with their names."""
        return [(form, FORMS[form]) for form in JournalForm]

    @property
    def balances(self) -> list[BalanceLine]:
        """What stands at the end, by account number as in any trial balance; what stands at nought is left out."""
        lines = (
            BalanceLine(", ".join(self.books.chart.numbers_of(role)), role, amount)
            for role, amount in self.books.balances.items()
            if amount
        )
        return sorted(lines, key=lambda line: (line.account, line.role))

    @property
    def balance_debit(self) -> int:
        """What stands in debit at the end, all accounts together, in minor units."""
        return sum(amount for amount in self.books.balances.values() if amount > 0)

    @property
    def balance_credit(self) -> int:
        """The same of credit."""
        return -sum(amount for amount in self.books.balances.values() if amount < 0)

    def role(self, role: AccountRole) -> str:
        """What an account is for."""
        return str(ROLES[role])

    def kind(self, day: DaySum) -> str:
        """What vouchers are about, and through which channel."""
        channel = CHANNELS.get(day.channel, day.channel)
        return f"{KINDS[day.kind]}, {channel}" if day.channel else str(KINDS[day.kind])


@admin.get("/books")
@staff(Role.FINANCE)
def books() -> str:
    """The months of the journal."""
    today = centre().local(clock.now()).date()
    set_up = rules_of_books() is not None
    listed = months(centre(), today) if set_up else []
    who_closed = {**actors(), **names()}
    page = BooksPage(set_up, who().role is Role.ADMIN, listed, today.replace(day=1), who_closed)
    return render_template("admin/books.html", page=page)


@admin.post("/books/post")
@staff(Role.FINANCE)
def post_books() -> ResponseReturnValue:
    """Bring the journal up to now; what is long is left to the worker."""
    done = book_up(centre(), clock.now(), batches=40)
    flash(_("The journal is up to date.") if done else _("The journal is being brought up to date."))
    return redirect(url_for("admin.books"), 303)


@admin.get("/books/<month>")
@staff(Role.FINANCE)
def month_of_books(month: str) -> str:
    """What is in a month."""
    return render_template("admin/books_month.html", page=_month_page(month))


@admin.post("/books/<month>/close")
@staff(Role.FINANCE)
def close_books(month: str) -> ResponseReturnValue:
    """Close it, or say what stops that."""
    page = _month_page(month)
    try:
        confirm_anew()
        sums = close_month(page.books.month, centre(), clock.now(), who().actor)
    except NOT_CONFIRMED as refusal:
        answer = sentence(refusal)
        page = _month_page(month, errors={"password": answer.text})
        return render_template("admin/books_month.html", page=page), answer.status
    except Refusal as refusal:
        page = _month_page(month, refused=_why_not(refusal))
        return render_template("admin/books_month.html", page=page), 409
    flash(_("Closed with %(vouchers)s vouchers, %(sum)s in debit and credit.", vouchers=sums.vouchers,
            sum=wording().money(sums.debit)))  # fmt: skip
    return redirect(url_for("admin.month_of_books", month=month), 303)


@admin.get("/books/<month>/as/<form>")
@staff(Role.FINANCE)
def books_file(month: str, form: str) -> ResponseReturnValue:
    """A closed month as a file for an accounting system."""
    first, wanted = a_month(month), one_of(JournalForm, form)
    if first is None or wanted is None:
        abort(404)
    try:
        made = journal_file(first, wanted, centre().country)
    except MonthOpen:
        abort(404)
    return download(made.content, made.media, made.name)


def _why_not(refusal: Refusal) -> list[str]:
    """A sentence for each thing that stops a close."""
    if isinstance(refusal, AccountsMissing):
        return [_missing(role, rate) for role, rate in refusal.missing]
    if isinstance(refusal, DoesNotAgree):
        money = wording().money
        told = [
            _("%(account)s: the journal says %(journal)s, but %(what)s is %(stands)s.",
              account=ROLES[AccountRole(each.what)], journal=money(each.journal), what=AGREES[each.what],
              stands=money(each.stands))
            for each in refusal.compared
        ]  # fmt: skip
        return told + [
            _("VAT of %(source)s: the journal says %(journal)s, the document %(stands)s.", source=each.source,
              journal=money(each.journal), stands=money(each.stands))
            for each in refusal.taxes[:20]
        ]  # fmt: skip
    return [sentence(refusal).text]


def _missing(role: AccountRole, rate: int) -> str:
    if role is AccountRole.VAT:
        return str(_("The account for VAT of %(rate)s is missing.", rate=wording().percent(rate)))
    if rate:
        shown = wording().percent(rate)
        return str(_("Account or VAT code is missing: %(account)s, %(rate)s.", account=ROLES[role], rate=shown))
    return str(_("Account or VAT code is missing: %(account)s.", account=ROLES[role]))


def _month_page(month: str, refused: Sequence[str] = (), errors: Mapping[str, str] | None = None) -> BooksMonthPage:
    first = a_month(month)
    in_month = books_month(first, centre()) if first else None
    now = clock.now()
    today = centre().local(now).date()
    if in_month is None or in_month.month > today:
        abort(404)
    missing = [_missing(role, rate) for role, rate in in_month.missing]
    is_over = last_of(in_month.month) < today
    refusals = [*refused, *(each for each in missing if each not in refused)]
    early = payouts_too_early(centre(), now) if len(in_month.closes) > 1 else []
    return BooksMonthPage(
        in_month, is_over, now, {**actors(), **names()}, refusals, errors or {}, suggested_numbers(), early
    )  # fmt: skip
