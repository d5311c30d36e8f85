"""How many heads of a class are billed: as booked, as the door counted, or as counted and never under a floor. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HeadsRule(StrEnum):
    """By which number a class is billed."""

    BOOKED = "booked"  # at the deadline
    COUNTED = "counted"  # at the door
    FLOOR = "floor"  # as counted, but never under a share of the booked or the least amount


@dataclass(frozen=True, slots=True)
class HeadsTerms:
    """A rule, and the share of the booked, in percent, below which `FLOOR` does not go."""

    rule: HeadsRule = HeadsRule.BOOKED
    floor_percent: int = 0


AS_BOOKED = HeadsTerms()


@dataclass(frozen=True, slots=True)
class ClassHeads:
    """Who comes of a class."""

    pupils: int
    adults: int

    @property
    def people(self) -> int:
        """All of them."""
        return self.pupils + self.adults


def heads_to_bill(terms: HeadsTerms, booked: ClassHeads, counted: ClassHeads | None) -> ClassHeads:
    """The heads of a class that are billed. Without a count it is what was booked, whatever the rule.

    The floor is a share of the pupils and of the adults, rounded up; one pupil at least, so that the least amount
    for a class holds. More than booked are billed as they were counted.
    """
    if counted is None or terms.rule is HeadsRule.BOOKED:
        return booked
    if terms.rule is HeadsRule.COUNTED:
        return counted
    pupils, adults = (_share(number, terms.floor_percent) for number in (booked.pupils, booked.adults))
    return ClassHeads(max(counted.pupils, pupils, 1), max(counted.adults, adults))


def _share(number: int, percent: int) -> int:
    return -(-number * percent // 100)
