"""How far a page looks: through so many rows of a list, however long that is, and it says where it stopped.

For what few rows of many fit and no index answers. The keys come straight from an index, in its order and under no
condition that skips many; what fits is asked of those rows alone, and the next page goes on behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Select

from booking.kernel.database import run

MOST_LOOKED_AT = 1000
BATCH = 200


def look_ends_at(keys: Select[int], most: int = MOST_LOOKED_AT) -> int | None:
    """The last of `most` keys, in the order of the query; None where it gives no more than that. One statement."""
    last = run(keys.offset(most - 1).limit(2)).scalars().all()
    return last[0] if len(last) == 2 else None


def in_batches(keys: Callable[[int], Select[int]], after: int, until: int | None = None) -> Iterator[Sequence[int]]:
    """All that `keys` gives after a key, ascending, up to another one (None: to the end), some at a time.

    For a question that is to be asked of just these: told a condition, PostgreSQL may think that it holds of a third.
    """
    while batch := [key for key in run(keys(after).limit(BATCH)).scalars() if until is None or key <= until]:
        yield batch
        after = batch[-1]
