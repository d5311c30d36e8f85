"""Who gets which places when a term opens: a drawing among prepared wishes that anybody can check, or first come.

The drawing: before the day the centre publishes `sealed(seed)`, so that it cannot choose a seed by what comes of it;
afterwards the seed. A wish's lot is the SHA-256 of "<seed> <wish id>", which a teacher can work out with
`printf '%s %s' SEED WISH | sha256sum`; the smallest lot comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from booking.capacity.places import Want
from booking.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Prepared:
    """A wish for the release day. Of `options` the first that is free is taken, all its places or none.

    `came_lately`: the school has had a visit so recently that the share for the others is not for it.
    """

    wish_id: str
    school_id: int
    prepared_at: datetime
    options: tuple[tuple[Want, ...], ...]
    came_lately: bool = False


@dataclass(frozen=True, slots=True)
class Fairness:
    """The rule, stated openly: percent of all places kept for schools that have not come lately, wishes a school.

    After `until` the rule is over and the rest is for everybody; None: it holds as long as the release does.
    """

    kept_percent: int = 0
    most_per_school: int | None = None
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the rule is not over."""
        return self.until is None or now < self.until

    def open_to_all(self, places: int) -> int:
        """How many of all places schools that have come lately may have together."""
        return places - -(-places * self.kept_percent // 100)


class ShareUsed(Refusal):
    """The school has its share of `most`; more may be had from `until` on (None: not in this release)."""

    def __init__(self, most: int, until: datetime | None) -> None:
        super().__init__(f"at most {most} a school")
        self.most = most
        self.until = until


class KeptForOthers(Refusal):
    """What is left is kept until `until` for schools that have not come lately."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__("kept for schools that have not come lately")
        self.until = until


class Fate(StrEnum):
    """What became of a wish."""

    GRANTED = "granted"
    FULL = "full"  # none of its options was free when its turn came
    SHARE_USED = "share_used"  # its school has its share; more may be had after the set time
    UNABLE = "unable"  # it could not be booked by itself: never on paper, only in the house


@dataclass(frozen=True, slots=True)
class Outcome:
    """A wish's turn, 1 for the first, and what came of it; `option` counts from 0."""

    turn: int
    wish: Prepared
    fate: Fate
    option: int | None = None

    @property
    def wants(self) -> tuple[Want, ...]:
        """What is to be claimed."""
        return () if self.option is None else self.wish.options[self.option]


def sealed(seed: str) -> str:
    """What is published before the drawing: it binds the centre to a seed without telling it."""
    return sha256(seed.encode()).hexdigest()


def lot(seed: str, wish_id: str) -> str:
    """A wish's lot, 64 signs; the smallest in the alphabet comes first."""
    return sha256(f"{seed} {wish_id}".encode()).hexdigest()


def drawn_order(wishes: Iterable[Prepared], seed: str) -> list[Prepared]:
    """By lot; when a wish was prepared makes no difference."""
    return sorted(wishes, key=lambda one: (lot(seed, one.wish_id), one.wish_id))


def first_come_order(wishes: Iterable[Prepared], opens_at: datetime, seed: str) -> list[Prepared]:
    """By when they came. Whoever was there before it opened came as it opened: among those, and ties, the lot."""
    return sorted(wishes, key=lambda one: (max(one.prepared_at, opens_at), lot(seed, one.wish_id), one.wish_id))


def share_out(queue: Sequence[Prepared], places: Mapping[int, int], fairness: Fairness = Fairness()) -> list[Outcome]:
    """Give the places out in the order of a queue; the outcomes are in that order too.

    Schools that have come lately get no more than what is not kept until all others have had their turn; then what is
    left is for them as well, in the same order. What is kept is counted over all places together, since most sessions
    take one class and cannot be kept in part.
    """
    free = dict(places)
    had: Counter[int] = Counter()
    open_to_all = fairness.open_to_all(sum(places.values()))
    fates: dict[int, tuple[Fate, int | None]] = {}
    waiting: list[int] = []
    for turn, wish in enumerate(queue):
        option = _first_free(wish, free)
        if wish.came_lately and option is not None and not _has_share(wish, had, fairness):
            asked = sum(want.places for want in wish.options[option])
            if asked > open_to_all:
                waiting.append(turn)
                continue
            open_to_all -= asked
        fates[turn] = _grant(wish, option, free, had, fairness)
    for turn in waiting:
        fates[turn] = _grant(queue[turn], _first_free(queue[turn], free), free, had, fairness)
    return [Outcome(turn + 1, wish, *fates[turn]) for turn, wish in enumerate(queue)]


def check_first_come(
    now: datetime, fairness: Fairness, had: int, asked: int, places: int, had_by_lately: int | None
) -> None:
    """Whether a school may take `asked` places now, when each comes by itself and is answered at once.

    `had` is how many visits the school has of this release, `places` how many were released in all, `had_by_lately`
    how many of them have gone to schools that have come lately; None when this school is none of those. Raises
    ShareUsed or KeptForOthers.
    """
    if not fairness.holds(now):
        return
    if fairness.most_per_school is not None and had >= fairness.most_per_school:
        raise ShareUsed(fairness.most_per_school, fairness.until)
    if had_by_lately is not None and had_by_lately + asked > fairness.open_to_all(places):
        raise KeptForOthers(fairness.until)


def published(outcomes: Iterable[Outcome], seed: str) -> Iterator[str]:
    """The list that is put up after a drawing, a line a wish: turn, lot, wish, fate. No school is named."""
    return (f"{one.turn} {lot(seed, one.wish.wish_id)} {one.wish.wish_id} {one.fate}" for one in outcomes)


def _grant(
    wish: Prepared, option: int | None, free: dict[int, int], had: Counter[int], fairness: Fairness
) -> tuple[Fate, int | None]:
    if _has_share(wish, had, fairness):
        return Fate.SHARE_USED, None
    if option is None:
        return Fate.FULL, None
    for slot_id, places in _together(wish.options[option]).items():
        free[slot_id] -= places
    had[wish.school_id] += 1
    return Fate.GRANTED, option


def _has_share(wish: Prepared, had: Counter[int], fairness: Fairness) -> bool:
    return fairness.most_per_school is not None and had[wish.school_id] >= fairness.most_per_school


def _first_free(wish: Prepared, free: Mapping[int, int]) -> int | None:
    """Which option can be had: the first whose slots all have room."""
    for number, option in enumerate(wish.options):
        if all(free.get(slot_id, 0) >= places for slot_id, places in _together(option).items()):
            return number
    return None


def _together(option: tuple[Want, ...]) -> Counter[int]:
    wanted: Counter[int] = Counter()
    for want in option:
        wanted[want.slot_id] += want.places
    return wanted
