"""Many who ask at once share the work, in the order in which they came; one who cannot be answered spoils nothing."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from booking.wishes.batching import Batched


def test_those_who_come_while_others_are_served_are_served_together() -> None:
    batches: list[list[int]] = []
    first_is_at_work, may_go_on = threading.Event(), threading.Event()

    def double(numbers: Sequence[int]) -> list[int]:
        batches.append(list(numbers))
        first_is_at_work.set()
        may_go_on.wait(10)
        return [2 * number for number in numbers]

    batched = Batched(double)
    with ThreadPoolExecutor(8) as people:
        first = people.submit(batched, 1)
        assert first_is_at_work.wait(10)
        others = [people.submit(batched, number) for number in range(2, 8)]
        while len(batched._waiting) < 6:
            pass
        may_go_on.set()
        assert [future.result(10) for future in (first, *others)] == [2, 4, 6, 8, 10, 12, 14]
    assert batches[0] == [1]
    assert sorted(batches[1]) == [2, 3, 4, 5, 6, 7]
    assert len(batches) == 2


def test_one_who_cannot_be_answered_spoils_it_for_nobody_else() -> None:
    gathered = threading.Event()

    def invert(numbers: Sequence[int]) -> list[float]:
        gathered.wait(10)
        return [1 / number for number in numbers]

    batched = Batched(invert)
    with ThreadPoolExecutor(4) as people:
        futures = {number: people.submit(batched, number) for number in (4, 2, 0, 1)}
        gathered.set()
        assert [futures[number].result(10) for number in (4, 2, 1)] == [0.25, 0.5, 1.0]
        with pytest.raises(ZeroDivisionError):
            futures[0].result(10)
