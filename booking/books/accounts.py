"""Which account is for what, and which VAT code goes with it: the centre's own numbers, with defaults by country.

Norwegian numbers are those of NS 4102 and codes those of SAF-T; Latvian numbers are a beginning, and the accountant
decides on both. As long as nobody has said so they are suggestions, and are shown as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update

from booking.books.journal import INCOME, AccountRole
from booking.books.models import BooksRules
from booking.kernel.database import db, insert_once, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.records.audit import note

Role = AccountRole
NORWEGIAN: dict[AccountRole, str] = {
    Role.BANK: "1920", Role.PROVIDER: "1960", Role.TILL: "1900", Role.RECEIVABLE: "1500", Role.PREPAID: "2900",
    Role.OWED_BACK: "2990", Role.OVERPAID: "2980", Role.ADMISSION: "3000", Role.ACTIVITY: "3010",
    Role.PROGRAMME: "3100", Role.COURSE: "3110", Role.LUNCH: "3600", Role.FEE: "3900", Role.CHARGES: "7770",
    Role.BAD_DEBT: "7830", Role.ROUNDING: "7740", Role.REMINDER_FEE: "3900", Role.LATE_INTEREST: "8050",
    Role.VIPPS: "1965", Role.GIFT_CARD: "2901",
}  # fmt: skip
LATVIAN: dict[AccountRole, str] = {
    Role.BANK: "2620", Role.PROVIDER: "2670", Role.TILL: "2610", Role.RECEIVABLE: "2310", Role.PREPAID: "5210",
    Role.OWED_BACK: "5390", Role.OVERPAID: "5220", Role.ADMISSION: "6110", Role.ACTIVITY: "6120",
    Role.PROGRAMME: "6130", Role.COURSE: "6140", Role.LUNCH: "6150", Role.FEE: "6510", Role.CHARGES: "7710",
    Role.BAD_DEBT: "7550", Role.ROUNDING: "7590", Role.REMINDER_FEE: "6510", Role.LATE_INTEREST: "8150",
    Role.VIPPS: "2671", Role.GIFT_CARD: "5211",
}  # fmt: skip
UNTAXED_CODE: dict[AccountRole, str] = dict.fromkeys(INCOME, "6") | {AccountRole.FEE: "7"}
NORWEGIAN_VAT = {2500: ("2700", "3"), 1500: ("2701", "31"), 1200: ("2702", "33")}
LATVIAN_VAT = {2100: ("5721", "21"), 1200: ("5721", "12"), 500: ("5721", "5")}


@dataclass(frozen=True, slots=True)
class ChartOfAccounts:
    """The centre's numbers and codes as they are, or as a closed month keeps them."""

    accounts: Mapping[str, str]
    codes: Mapping[str, str]
    vat: Mapping[str, list[str]]
    dimensions: Mapping[str, str] = field(default_factory=dict)

    def account_of(self, role: AccountRole, rate: int) -> str:
        """The number; empty where it is missing."""
        return self._vat(rate)[0] if role is AccountRole.VAT else self.accounts.get(role, "")

    def code_of(self, role: AccountRole, rate: int) -> str:
        """The VAT code of a line of income, or taxed before it is; empty for others, or where it is missing."""
        if not _has_code(role, rate):
            return ""
        return self._vat(rate)[1] if rate else self.codes.get(role, "")

    def numbers_of(self, role: AccountRole) -> list[str]:
        """All numbers of a role, each once: one, or for VAT one for each rate that has its own."""
        numbers = (
            [account for account, _code in self.vat.values()] if role is AccountRole.VAT else [self.account_of(role, 0)]
        )
        return sorted({number for number in numbers if number})

    def dimension_of(self, activity_id: int) -> str:
        """The code that an activity has in the books, if it has one."""
        return self.dimensions.get(str(activity_id), "")

    def missing(self, used: Iterable[tuple[AccountRole, int]]) -> list[tuple[AccountRole, int]]:
        """Those of what is used (role and rate) that have no number, or no code where one is needed."""
        return [
            (role, rate)
            for role, rate in used
            if not self.account_of(role, rate) or (_has_code(role, rate) and not self.code_of(role, rate))
        ]

    def _vat(self, rate: int) -> tuple[str, str]:
        account, code = self.vat.get(str(rate), ("", ""))
        return account, code

    def as_kept(self) -> dict[str, Any]:
        """What a closed month keeps."""
        return {
            "accounts": dict(self.accounts), "codes": dict(self.codes), "vat": dict(self.vat),
            "dimensions": dict(self.dimensions),
        }  # fmt: skip


def _has_code(role: AccountRole, rate: int) -> bool:
    """Whether its lines have a VAT code: income, and what was invoiced before the visit, with VAT in it."""
    return role in INCOME or (role is AccountRole.PREPAID and rate > 0)


def chart_of(rules: BooksRules) -> ChartOfAccounts:
    """The centre's numbers as they are."""
    return ChartOfAccounts(rules.accounts, rules.codes, rules.vat, rules.dimensions)


def default_chart(country: str) -> ChartOfAccounts:
    """What a centre begins with."""
    latvian = country == "LV"
    accounts, vat = (LATVIAN, LATVIAN_VAT) if latvian else (NORWEGIAN, NORWEGIAN_VAT)
    codes = {role.value: "0" if latvian else code for role, code in UNTAXED_CODE.items()}
    return ChartOfAccounts(
        {role.value: number for role, number in accounts.items()}, codes,
        {str(rate): list(of_rate) for rate, of_rate in vat.items()},
    )  # fmt: skip


_ACCOUNT, _CODE, _DIMENSION = (re.compile(shape) for shape in ("[0-9]{3,8}", "[0-9A-Za-z]{1,5}", "[0-9A-Za-z-]{1,10}"))


class AccountsChangedMeanwhile(Refusal):
    """Somebody else has saved them since they were shown."""


def is_account(text: str) -> bool:
    """Whether it can be the number of an account."""
    return _ACCOUNT.fullmatch(text) is not None


def is_vat_code(text: str) -> bool:
    """Whether it can be a VAT code."""
    return _CODE.fullmatch(text) is not None


def is_dimension(text: str) -> bool:
    """Whether it can be the code of a department or project."""
    return _DIMENSION.fullmatch(text) is not None


def named(role: AccountRole, rate: int = 0) -> tuple[str, ...]:
    """What the numbers of a role are called in the log, and where they are confirmed."""
    return (f"VAT {rate}",) if role is AccountRole.VAT else (f"account {role}", f"code {role}")


def suggested(chart: ChartOfAccounts, confirmed: Mapping[str, str], country: str) -> frozenset[str]:
    """The names of numbers that are as we suggested them, and that nobody has confirmed."""
    ours = _as_text(default_chart(country))
    return frozenset(
        name for name, number in _as_text(chart).items() if number == ours.get(name) != confirmed.get(name)
    )  # fmt: skip


def save_chart(chart: ChartOfAccounts, version: int, actor: str, *, confirmed: bool = False) -> None:
    """Keep the centre's numbers, the first ones with version 0; `confirmed`: the accountant has decided on all of them.

    What somebody has changed is confirmed by that. Raises AccountsChangedMeanwhile.
    """
    kept: dict[str, Any] = chart.as_kept()
    with unit_of_work():
        rules = db.session.scalar(select(BooksRules).execution_options(populate_existing=True))
        before = _as_text(chart_of(rules)) if rules else None
        kept["confirmed"] = _confirmed(chart, rules, before or {}, whole=confirmed)
        if version == 0:
            saved = insert_once(BooksRules, "id", {"id": 1, **kept})
        else:
            changed = update(BooksRules).where(BooksRules.id == 1, BooksRules.version == version)
            changed = changed.values(version=BooksRules.version + 1, **kept).returning(BooksRules.id)
            saved = run(changed).first() is not None
        if not saved:
            raise AccountsChangedMeanwhile
        after = _as_text(chart)
        if before is None:
            note(actor, "books.accounts", "books_rules:1")
        elif before != after:
            note(actor, "books.accounts", "books_rules:1", *_differing(before, after))


def _confirmed(
    chart: ChartOfAccounts, rules: BooksRules | None, before: Mapping[str, str], *, whole: bool
) -> dict[str, str]:
    after = _as_text(chart)
    if whole:
        return after
    stood = dict(rules.confirmed) if rules else {}
    changed = {name: number for name, number in after.items() if rules and before.get(name) != number}
    return {**stood, **changed}


def _as_text(chart: ChartOfAccounts) -> dict[str, str]:
    """All numbers by what they are for, for the log."""
    return {
        **{f"account {role}": number for role, number in chart.accounts.items()},
        **{f"code {role}": code for role, code in chart.codes.items()},
        **{f"VAT {rate}": " ".join(of_rate) for rate, of_rate in chart.vat.items()},
        **{f"activity {name}": code for name, code in chart.dimensions.items()},
    }


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    names = [name for name in {**before, **after} if before.get(name, "") != after.get(name, "")]
    return tuple(
        {"accounts": ", ".join(f"{name}: {values.get(name) or '–'}" for name in names)} for values in (before, after)
    )  # type: ignore[return-value]  # a pair
