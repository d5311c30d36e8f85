"""Who gets which places when a term opens: a drawing among prepared wishes that anybody can check, or first come.

The drawing: before the day the centre publishes `sealed(seed)`, so that it cannot choose a seed by what comes of it;
afterwards the seed. A wish's lot is the SHA-256 of "<seed> <wish id>", which a teacher can work out with
`printf '%s %s' SEED WISH | sha256sum`; the smallest lot comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Generic, TypeVar

from booking.bookings.refusals import NotOnSale
from booking.capacity.places import Closed, Full, Want
from booking.kernel.refusals import Refusal

Option = TypeVar("Option")
Taken = TypeVar("Taken")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A wish for the release day. Of `options` the first that may be had is taken, all its places or none.

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
    KEPT = "kept"  # what was free of its options is kept for schools that have not come lately
    SHARE_USED = "share_used"  # its school has its share; more may be had after the set time
    UNABLE = "unable"  # it could not be booked by itself: never on paper, only in the house


@dataclass(frozen=True, slots=True)
class WishVerdict(Generic[Taken]):
    """What comes of a wish whose turn it is; `option` counts from 0, `taken` is what taking it gave."""

    fate: Fate
    option: int | None = None
    taken: Taken | None = None


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
    return sorted(wishes, key=lambda wish: (lot(seed, wish.wish_id), wish.wish_id))


def first_come_order(wishes: Iterable[Prepared], opens_at: datetime, seed: str) -> list[Prepared]:
    """By when they came. Whoever was there before it opened came as it opened: among those, and ties, the lot."""
    return sorted(
        wishes,
        key=lambda wish: (max(wish.prepared_at, opens_at), lot(seed, wish.wish_id), wish.wish_id),
    )


def decide(
    options: Iterable[Option], take: Callable[[Option], Taken], has_share: Callable[[], bool]
) -> WishVerdict[Taken]:
    """Give a wish the first of its options that may be had: the one rule, on paper and in the house.

    `take` takes an option, or raises Full, Closed or NotOnSale when it is not free, KeptForOthers when what is free
    is kept, ShareUsed. An option that is kept does not stand in the way of a smaller one after it. `has_share` is asked
    only when nothing was free: that its school has its share already is then the better reason.
    """
    fate = Fate.FULL
    for number, option in enumerate(options):
        try:
            return WishVerdict(Fate.GRANTED, number, take(option))
        except (Full, Closed, NotOnSale):
            continue
        except KeptForOthers:
            fate = Fate.KEPT
        except ShareUsed:
            return WishVerdict(Fate.SHARE_USED)
    return WishVerdict(Fate.SHARE_USED if fate is Fate.FULL and has_share() else fate)


def share_out(
    queue: Sequence[Prepared],
    places: Mapping[int, int],
    fairness: Fairness = Fairness(),
    unshared: Collection[int] = (),
) -> list[Outcome]:
    """Give the places out in the order of a queue; the outcomes are in that order too.

    `places` are free places by slot; of them `unshared` take one class, however small it is.
    Schools that have come lately get no more than what is not kept until all others have had their turn; then what is
    left is for them as well, in the same order. What is kept is counted over all places together, since most sessions
    take one class and cannot be kept in part.
    """
    paper = _Paper(places, fairness, unshared)
    verdicts: dict[int, WishVerdict[None]] = {}
    for keeping in (True, False):
        for turn, wish in enumerate(queue):
            if keeping or verdicts[turn].fate is Fate.KEPT:
                verdicts[turn] = paper.answer(wish, keeping=keeping)
    return [Outcome(turn + 1, wish, verdicts[turn].fate, verdicts[turn].option) for turn, wish in enumerate(queue)]


def check_first_come(
    now: datetime, fairness: Fairness, had: int, wanted: int, places: int, had_by_lately: int | None
) -> None:
    """Whether a school may take `wanted` places now, when each comes by itself and is answered at once.

    `had` is how many visits the school has of this release, `places` how many were released in all, `had_by_lately`
    how many of them have gone to schools that have come lately; None when this school is none of those. Raises
    ShareUsed or KeptForOthers.
    """
    if fairness.holds(now):
        check_share(fairness, had, wanted, places, had_by_lately)


def check_share(fairness: Fairness, had: int, wanted: int, places: int, had_by_lately: int | None) -> None:
    """`check_first_come` while the rule holds."""
    if fairness.most_per_school is not None and had >= fairness.most_per_school:
        raise ShareUsed(fairness.most_per_school, fairness.until)
    if had_by_lately is not None and had_by_lately + wanted > fairness.open_to_all(places):
        raise KeptForOthers(fairness.until)


def published(outcomes: Iterable[Outcome], seed: str) -> Iterator[str]:
    """The list that is put up after a drawing, a line a wish: turn, lot, wish, fate. No school is named."""
    return (
        f"{outcome.turn} {lot(seed, outcome.wish.wish_id)} {outcome.wish.wish_id} {outcome.fate}"
        for outcome in outcomes
    )


class _Paper:
    """A house on paper: what is free, and who has had what."""

    def __init__(self, places: Mapping[int, int], fairness: Fairness, unshared: Collection[int]) -> None:
        self._free = dict(places)
        self._unshared = unshared
        self._all = sum(places.values())
        self._fairness = fairness
        self._had: Counter[int] = Counter()
        self._had_by_lately = 0

    def answer(self, wish: Prepared, *, keeping: bool) -> WishVerdict[None]:
        """Answer one wish, and remember what it got."""
        return decide(wish.options, lambda option: self._take(wish, option, keeping), lambda: self._has_share(wish))

    def _take(self, wish: Prepared, option: tuple[Want, ...], keeping: bool) -> None:
        wanted = _together(option)
        for slot_id, places in wanted.items():
            if self._free.get(slot_id, 0) < places:
                raise Full(slot_id, self._free.get(slot_id, 0))
        lately, people = keeping and wish.came_lately, sum(wanted.values())
        had_by_lately = self._had_by_lately if lately else None
        check_share(self._fairness, self._had[wish.school_id], people, self._all, had_by_lately)
        for slot_id, places in wanted.items():
            self._free[slot_id] = 0 if slot_id in self._unshared else self._free[slot_id] - places
        self._had[wish.school_id] += 1
        self._had_by_lately += people if lately else 0

    def _has_share(self, wish: Prepared) -> bool:
        most = self._fairness.most_per_school
        return most is not None and self._had[wish.school_id] >= most


def _together(option: tuple[Want, ...]) -> Counter[int]:
    wanted: Counter[int] = Counter()
    for want in option:
        wanted[want.slot_id] += want.places
    return wanted
