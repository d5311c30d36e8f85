"""Which account is for what: the centre's numbers and VAT codes, and codes of activities in the books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.books.accounts import (
    ChartOfAccounts,
    chart_of,
    default_chart,
    is_account,
    is_dimension,
    is_vat_code,
    named,
    save_chart,
    suggested,
)
from booking.books.journal import INCOME, AccountRole
from booking.books.posting import rules_of_books
from booking.books.queries import activities_sold, rates_sold
from booking.kernel.database import in_language
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.admin.books.book_words import ROLES
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.forms.row_history import Deed, deeds
from booking.web.guards.access import staff, who
from booking.web.languages import centre, language, wording
from booking.web.refusals import sentence
from booking.web.typed import whole_number

LONGEST = 20
MOST_VERSIONS = 999_999_999


@dataclass(frozen=True, slots=True)
class AccountInput:
    """An input of the page: its name, what it is for, what was typed."""

    name: str
    label: str
    value: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class AccountsRow:
    """What something is booked on: an account, and a VAT code where it is sold; `suggested` and not confirmed."""

    label: str
    account: AccountInput
    code: AccountInput | None = None
    suggested: bool = False


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """All of them; `version` is that of what was shown, those that nobody has confirmed are marked."""

    rows: Sequence[AccountsRow]
    taxes: Sequence[AccountsRow]
    activities: Sequence[AccountInput]
    version: int
    may_save: bool
    deeds: Sequence[Deed]
    refused: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def suggested(self) -> int:
        """How many rows nobody has confirmed."""
        return sum(row.suggested for row in (*self.rows, *self.taxes))


@admin.get("/books/accounts")
@staff(Role.FINANCE)
def accounts() -> str:
    """The numbers as they are, or those that a centre begins with."""
    return render_template("admin/books_accounts.html", page=_page(_values(_stored()[0]), _stored()[1]))


@admin.post("/books/accounts")
@staff()
def save_accounts() -> ResponseReturnValue:
    """Keep them. What is in closed months keeps the numbers that it was closed with."""
    typed = {name: one_line(request.form.get(name))[:LONGEST] for name in _values(_stored()[0])}
    version = whole_number(request.form.get("version"), 0, MOST_VERSIONS)
    errors = dict(_errors(typed))
    if errors:
        return render_template("admin/books_accounts.html", page=_page(typed, version or 0, errors)), 422
    try:
        save_chart(_chart(typed), version or 0, who().actor, confirmed=request.form.get("confirmed") == "y")
    except Refusal as refusal:
        answer = sentence(refusal)
        page = _page(typed, _stored()[1], refused=answer.text)
        return render_template("admin/books_accounts.html", page=page), answer.status
    flash(_("Saved."))
    return redirect(url_for("admin.books"), 303)


def _stored() -> tuple[ChartOfAccounts, int]:
    rules = rules_of_books()
    return (default_chart(centre().country), 0) if rules is None else (chart_of(rules), rules.version)


def _rates(chart: ChartOfAccounts) -> list[int]:
    """Those that have an account, and those that something is sold at."""
    known = {whole_number(rate, 1, 10_000) or 0 for rate in chart.vat}
    return sorted((known | set(rates_sold())) - {0}, reverse=True)


def _values(chart: ChartOfAccounts) -> dict[str, str]:
    """What stands in each input, by its name."""
    values = {f"account-{role}": chart.account_of(role, 0) for role in ROLES if role is not AccountRole.VAT}
    values |= {f"code-{role}": chart.code_of(role, 0) for role in INCOME}
    for rate in _rates(chart):
        values[f"vat-account-{rate}"] = chart.account_of(AccountRole.VAT, rate)
        values[f"vat-code-{rate}"] = chart.code_of(INCOME[0], rate)
    return values | {f"activity-{each_id}": chart.dimension_of(each_id) for each_id, _title in activities_sold()}


def _chart(typed: Mapping[str, str]) -> ChartOfAccounts:
    def named(begins: str) -> dict[str, str]:
        return {name.removeprefix(begins): text for name, text in typed.items() if name.startswith(begins) and text}

    vat_accounts, vat_codes = named("vat-account-"), named("vat-code-")
    taxes = {rate: [vat_accounts.get(rate, ""), vat_codes.get(rate, "")] for rate in {**vat_accounts, **vat_codes}}
    return ChartOfAccounts(named("account-"), named("code-"), taxes, named("activity-"))


def _errors(typed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in typed.items():
        if not text:
            continue  # what is missing stops the close, and nothing else
        if "account-" in name and not is_account(text):
            yield name, _("An account has three to eight digits.")
        elif "code-" in name and not is_vat_code(text):
            yield name, _("A VAT code has at most five letters and digits.")
        elif name.startswith("activity-") and not is_dimension(text):
            yield name, _("A code has at most ten letters, digits and hyphens.")


def _page(
    typed: Mapping[str, str], version: int, errors: Mapping[str, str] | None = None, refused: str = ""
) -> AccountsPage:
    wrong, labels = errors or {}, dict(_labels(typed))

    def asked(name: str) -> AccountInput:
        return AccountInput(name, labels[name], typed[name], wrong.get(name, ""))

    ours = suggested_numbers()
    rows = [
        AccountsRow(
            str(words), asked(f"account-{role}"), asked(f"code-{role}") if f"code-{role}" in typed else None,
            suggested=not ours.isdisjoint(named(role)),
        )
        for role, words in ROLES.items()
        if role is not AccountRole.VAT
    ]  # fmt: skip
    taxes = [
        AccountsRow(
            labels[name], asked(name), asked(name.replace("account", "code")),
            suggested=not ours.isdisjoint(named(AccountRole.VAT, _rate_in(name))),
        )
        for name in typed
        if name.startswith("vat-account-")
    ]  # fmt: skip
    return AccountsPage(
        rows, taxes, [asked(name) for name in typed if name.startswith("activity-")], version, who().role is Role.ADMIN,
        deeds("books_rules:1", ()), refused, wrong, labels,
    )  # fmt: skip


def suggested_numbers() -> frozenset[str]:
    """The names of numbers that are as we suggested them, and that nobody has confirmed."""
    rules = rules_of_books()
    return suggested(_stored()[0], {} if rules is None else rules.confirmed, centre().country)


def _rate_in(name: str) -> int:
    return whole_number(name.rpartition("-")[2], 0, 10_000) or 0


def _labels(typed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What each input is called where its error stands."""
    titles = {f"activity-{each_id}": in_language(title, language()) for each_id, title in activities_sold()}
    for name in typed:
        kind, _hyphen, rest = name.rpartition("-")
        if kind == "activity":
            yield name, titles[name]
        elif kind.startswith("vat"):
            rate = wording().percent(_rate_in(name))
            yield name, _("VAT %(rate)s", rate=rate)
        else:
            yield name, str(ROLES[AccountRole(rest)])
