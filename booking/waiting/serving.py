"""Serve a line: first come, first served, and whoever cannot be served stands in nobody's way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial

from booking.bookings.by_code.discounted import as_it_stands
from booking.capacity.places import Closed, Full
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal

Turn = tuple[int, int]  # (place in line, slot)


def serve(
    turns: Callable[[Collection[Turn]], Iterable[Turn]],
    offer: Callable[[int, int], bool],
    hinder: Callable[[int, str], None],
) -> int:
    """Offer everybody in line what there is for them; returns how many got an offer.

    `turns` says whose turn it is for what, those left out that were in vain: what they would have had goes to the next
    in the same breath. A refusal that is not for want of room is the place's own fault, and `hinder` notes its name
    for the staff. Not inside a unit of work: each offer is one of its own, so that a worker that dies leaves whole
    offers or none.
    """
    in_vain: set[Turn] = set()
    offered = 0
    while True:
        refused: set[Turn] = set()
        for turn in list(turns(in_vain)):
            try:
                offered += as_it_stands(partial(offer, *turn))
            except (Full, Closed):
                refused.add(turn)  # somebody was faster
            except Refusal as refusal:
                refused.add(turn)
                with unit_of_work():
                    hinder(turn[0], type(refusal).__name__)
        if not refused:
            return offered
        in_vain |= refused
