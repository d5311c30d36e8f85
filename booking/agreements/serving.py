"""In which order several are served from what does not suffice for all, so that it costs least. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

Got = TypeVar("Got")
Used = TypeVar("Used", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Served(Generic[Got, Used]):
    """What one gets when so much has been used by others, what it then costs, and what is used afterwards."""

    got: Got
    cost: int
    used: Used


def at_least_cost(
    places: Sequence[int], nothing: Used, serve: Callable[[int, Used], Served[Got, Used]]
) -> dict[int, Got]:
    """What each gets, by its place, when all are served in the order that costs least together.

    What those still to be served cost depends on which they are and on what has been used, not on the order in which
    it was: of all ways to come so far the cheapest is kept. Of orders that cost the same, that of `places` is first.
    """
    serve = cache(serve)
    ways: dict[tuple[frozenset[int], Used], tuple[int, dict[int, Got]]] = {(frozenset(), nothing): (0, {})}
    for _turn in places:
        further: dict[tuple[frozenset[int], Used], tuple[int, dict[int, Got]]] = {}
        for (done, used), (cost, got) in ways.items():
            for place in places:
                if place in done:
                    continue
                served = serve(place, used)
                there, whole = (done | {place}, served.used), cost + served.cost
                if there not in further or whole < further[there][0]:
                    further[there] = whole, {**got, place: served.got}
        ways = further
    return min(ways.values(), key=lambda way: way[0])[1]
