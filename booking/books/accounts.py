"""Which account is for what, and which VAT code goes with it: the centre's own numbers, with defaults by country.

Norwegian numbers are those of NS 4102 and codes those of SAF-T; Latvian numbers are a beginning, and the accountant
decides on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from booking.books.journal import INCOME, AccountRole
from booking.books.models import BooksRules

Role = AccountRole
NORWEGIAN: dict[AccountRole, str] = {
    Role.BANK: "1920", Role.PROVIDER: "1960", Role.TILL: "1900", Role.RECEIVABLE: "1500", Role.PREPAID: "2900",
    Role.OWED_BACK: "2990", Role.OVERPAID: "2980", Role.ADMISSION: "3000", Role.ACTIVITY: "3010",
    Role.PROGRAMME: "3100", Role.COURSE: "3110", Role.LUNCH: "3600", Role.FEE: "3900", Role.CHARGES: "7770",
    Role.BAD_DEBT: "7830", Role.ROUNDING: "7740",
}  # fmt: skip
LATVIAN: dict[AccountRole, str] = {
    Role.BANK: "2620", Role.PROVIDER: "2670", Role.TILL: "2610", Role.RECEIVABLE: "2310", Role.PREPAID: "5210",
    Role.OWED_BACK: "5390", Role.OVERPAID: "5220", Role.ADMISSION: "6110", Role.ACTIVITY: "6120",
    Role.PROGRAMME: "6130", Role.COURSE: "6140", Role.LUNCH: "6150", Role.FEE: "6510", Role.CHARGES: "7710",
    Role.BAD_DEBT: "7550", Role.ROUNDING: "7590",
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
        """The VAT code of a line of income; empty for all other lines, or where it is missing."""
        if role not in INCOME:
            return ""
        return self._vat(rate)[1] if rate else self.codes.get(role, "")

    def dimension_of(self, activity_id: int) -> str:
        """The code that an activity has in the books, if it has one."""
        return self.dimensions.get(str(activity_id), "")

    def missing(self, used: Iterable[tuple[AccountRole, int]]) -> list[tuple[AccountRole, int]]:
        """Those of what is used (role and rate) that have no number, or no code where one is needed."""
        return [
            (role, rate)
            for role, rate in used
            if not self.account_of(role, rate) or (role in INCOME and not self.code_of(role, rate))
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
