"""The stages of a country's school: what a long list of programmes is folded into. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from booking.programmes.offered import OfferedProgramme

MOST_AT_ONCE = 6  # programmes that are read as they stand, without folds

# First and last grade of each; 0 is kindergarten.
_STAGES = {"NO": ((0, 0), (1, 4), (5, 7), (8, 10), (11, 13))}
_ELSEWHERE = ((0, 0), (1, 3), (4, 6), (7, 9), (10, 13))


@dataclass(frozen=True, slots=True)
class SchoolStage:
    """Some grades, and every programme that is for any of them; `again` are those that an earlier stage has, too."""

    grade_from: int
    grade_to: int
    programmes: list[OfferedProgramme]
    again: frozenset[int]


def stages(programmes: Sequence[OfferedProgramme], country: str) -> list[SchoolStage]:
    """The stages that there is something for; none where the list is short, or all of it is for one stage."""
    if len(programmes) <= MOST_AT_ONCE:
        return []
    made: list[SchoolStage] = []
    seen: set[int] = set()
    for first, last in _STAGES.get(country, _ELSEWHERE):
        fitting = [each for each in programmes if each.grade_from <= last and each.grade_to >= first]
        if fitting:
            made.append(SchoolStage(first, last, fitting, frozenset(seen & {each.activity_id for each in fitting})))
        seen |= {each.activity_id for each in fitting}
    return made if len(made) > 1 else []
