"""How long the planner may search, in the solver's own deterministic measure: no clock decides an answer."""

from __future__ import annotations

from booking.planner.puzzle import UNBENT, Bends, OutOfEffort, Puzzle, Solution
from booking.planner.wish import PlanningDay, VisitWish

# What writing a puzzle down and tidying it up costs, for each unknown and each limit: the solver counts neither.
WRITING, TIDYING = 0.000_010, 0.000_015


class Effort:
    """What is left of `whole`, roughly a second of a calm machine for each 1.0.

    Within it the same question has the same answer, on a busy machine too. `ran_out` says that some search ended
    before it knew.
    """

    def __init__(self, whole: float) -> None:
        self.whole = self._left = whole
        self.ran_out = False

    @property
    def left(self) -> float:
        """What has not been used up."""
        return max(0.0, self._left)

    def puzzle(self, wish: VisitWish, day: PlanningDay, bends: Bends = UNBENT) -> Puzzle:
        """A puzzle to solve, unless there is nothing left to solve it with. Raises OutOfEffort."""
        self._check()
        puzzle = Puzzle(wish, day, bends)
        self._left -= puzzle.size * WRITING
        return puzzle

    def solve(self, puzzle: Puzzle, share: int) -> Solution | None:
        """Solve with at most so many percent of the whole. Raises OutOfEffort."""
        self._check()
        self._left -= puzzle.size * TIDYING
        most = max(0.0, min(self.whole * share / 100, self._left))
        try:
            solution, used = puzzle.solve(most)
        except OutOfEffort:
            self._left -= most
            self.ran_out = True
            raise
        self._left -= used
        return solution

    def _check(self) -> None:
        if self._left <= 0:
            self.ran_out = True
            raise OutOfEffort
