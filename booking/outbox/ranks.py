"""Which promises go first. Each kind's rank stands beside its keeper; who promises knows only the kind."""

from __future__ import annotations

from collections.abc import Mapping

from booking.outbox.models import Rank

_RANKS: dict[str, Rank] = {}


def use(ranks: Mapping[str, Rank]) -> None:
    """Learn the rank of each kind, once, when the application is made: the keepers stand in rooms above this one."""
    _RANKS.update(ranks)


def rank_of(kind: str) -> Rank:
    """The rank of a kind; what nobody has ranked is neither first nor last."""
    return _RANKS.get(kind, Rank.TODAY)
