"""The unknowns of a visit: for each group whether it comes, which way of each thing it takes, when it looks around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from booking.planner.choices import Alternative

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Sum: TypeAlias = "cp_model.LinearExpr | int"


@dataclass(slots=True)
class Need:
    """One thing that a group wants: the ways to have it, and for each whether it is taken."""

    ways: Sequence[Alternative]
    taken: Sequence[cp_model.IntVar]

    def start(self, sooner: Sequence[int]) -> Sum:
        """The minute when it starts, each way brought forward by so many minutes; 0 when the group stays away."""
        return sum((way.start - by) * taken for way, taken, by in zip(self.ways, self.taken, sooner, strict=True))

    def end(self, later: Sequence[int]) -> Sum:
        """The minute when it ends, each way put off by so many minutes; 0 when the group stays away."""
        return sum((way.end + by) * taken for way, taken, by in zip(self.ways, self.taken, later, strict=True))

    @property
    def minutes(self) -> Sum:
        """How long it lasts."""
        return sum((way.end - way.start) * taken for way, taken in zip(self.ways, self.taken, strict=True))


@dataclass(slots=True)
class Taker:
    """One group, which takes places."""

    people: int
    here: cp_model.IntVar
    needs: Sequence[Need]
    stay: tuple[cp_model.IntVar, cp_model.IntVar] | None = None  # in the exhibition, from and to
    entries: dict[int, cp_model.IntVar] = field(default_factory=dict)  # by slot id
