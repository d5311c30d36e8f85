"""How the rules of contests say no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from booking.contests.rules import EntryProblem
from booking.kernel.refusals import Refusal

EntryPlace = tuple[int, int]  # the contest's activity, and which of the booking's entries there, from 0


class EntriesWrong(Refusal):
    """Something is wrong with entries: by contest and place, what."""

    def __init__(self, problems: Mapping[EntryPlace, Sequence[EntryProblem]]) -> None:
        super().__init__("entries that the contest does not take")
        self.problems = problems


class EntryChangedMeanwhile(Refusal):
    """Somebody else has saved the entry since it was shown."""


class EntryOut(Refusal):
    """The entry is in the contest no longer."""


class ReasonWanted(Refusal):
    """Staff say why an entry is taken out."""
