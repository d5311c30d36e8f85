"""Money as whole minor units (øre, cents) with a currency; never a float."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units of `currency` (ISO 4217, upper case): Money(21000, "NOK") is 210 kroner."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other


@dataclass(frozen=True, slots=True)
class VatShare:
    """What one VAT rate carries of a sum. `rate` is in hundredths of a percent: 1200 is 12 %."""

    rate: int
    net: Money
    vat: Money

    @property
    def gross(self) -> Money:
        return self.net + self.vat


def part_of(minor: int, percent: int) -> int:
    """`percent` of an amount in minor units, rounded half up: part_of(17000, 80) is 13600."""
    return (minor * percent * 2 + 100) // 200


def vat_in(gross: int, rate: int) -> int:
    """The VAT in a gross sum of minor units, rounded half up: vat_in(21000, 1200) is 2250."""
    return (2 * gross * rate + 10_000 + rate) // (2 * (10_000 + rate))


def spread(minor: int, over: Sequence[int]) -> list[int]:
    """An amount over several sums in proportion to them, in whole units: what is left over by rounding down goes to
    the largest remainders, the first of equals first. spread(100, [1, 1, 1]) is [34, 33, 33]; nothing over nothing.
    """
    whole = sum(over)
    if whole == 0:
        return [0] * len(over)
    parts = [minor * share // whole for share in over]
    by_remainder = sorted(range(len(over)), key=lambda n: (-(minor * over[n] % whole), n))
    for n in by_remainder[: minor - sum(parts)]:
        parts[n] += 1
    return parts


def vat_shares(gross_by_rate: Iterable[tuple[int, Money]]) -> list[VatShare]:
    """Split gross sums (VAT included) into net and VAT, one share a rate, rounded once per rate.

    Rounding per booking and rate, not per line, is what merverdiavgiftsloven's bokføring practice and EN 16931 ask.
    """
    sums: dict[int, Money] = {}
    for rate, gross in gross_by_rate:
        sums[rate] = sums[rate] + gross if rate in sums else gross
    shares = []
    for rate, gross in sorted(sums.items()):
        vat = Money(vat_in(gross.minor, rate), gross.currency)
        shares.append(VatShare(rate, gross - vat, vat))
    return shares
