"""What the planner is asked: the wish of a school, and what one day has to offer. Frozen values, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Group:
    """One class. Grade 0 is kindergarten, 1 to 10 school, 11 to 13 vg1 to vg3; names are unique within a visit."""

    name: str
    pupils: int
    adults: int
    grade: int
    programmes: tuple[int, ...] | None = None  # activity ids of its own choice; None: those of the whole visit
    eats: bool = False  # has seats in the lunch room; known of a group that is planned

    @property
    def people(self) -> int:
        """Everybody takes a place: pupils and adults."""
        return self.pupils + self.adults


@dataclass(frozen=True, slots=True)
class VisitWish:
    """What a school wants of a day. Minutes of 0 mean that it is not wanted."""

    groups: tuple[Group, ...]
    programmes: tuple[int, ...] = ()  # activity ids, each once for every group that has no choice of its own
    exhibition_minutes: int = 0  # at least so long in one go
    lunch_minutes: int = 0
    language: str | None = None  # None: any

    def programmes_of(self, group: Group) -> tuple[int, ...]:
        """The activities that a group wants, each once, in the order wished."""
        chosen = self.programmes if group.programmes is None else group.programmes
        return tuple(dict.fromkeys(chosen))


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A timed run of a programme. `free` counts people; `draws` are the stretches that its places are taken in too."""

    slot_id: int
    activity_id: int
    starts_at: datetime
    ends_at: datetime
    free: int
    space_id: int | None = None
    grades: tuple[int, int] | None = None  # from and to, both included; None: all
    language: str | None = None  # None: any
    shared: bool = False  # whether several groups may be in it together
    taken: int = 0  # people of other bookings in it
    educators: int = 1
    turnaround_minutes: int = 0
    draws: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Seating:
    """One stretch of the lunch room. A lunch begins with a seating and takes the following ones as far as it lasts."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    free: int
    space_id: int | None = None
    draws: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Admission:
    """An admission slot: who enters the exhibition in [starts_at, ends_at) takes places in it."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    free: int
    draws: tuple[int, ...] = ()
    activity_id: int | None = None


class StretchKind(StrEnum):
    """What a stretch is a stretch of."""

    HOUSE = "house"  # everybody counts from arrival until the visit is over
    EXHIBITION = "exhibition"  # a group counts while it is there
    OTHER = "other"  # counts only what draws on it


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of time of a space, usually half an hour, and how many more people it holds."""

    slot_id: int
    room: StretchKind
    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class Transfers:
    """Minutes from one space to another. None is the entrance, where the bus stops."""

    default: int = 5
    between: Mapping[tuple[int | None, int | None], int] = field(default_factory=dict)  # holds both ways

    def minutes(self, here: int | None, there: int | None) -> int:
        """How long it takes; nought within one space."""
        if here == there:
            return 0
        return self.between.get((here, there), self.between.get((there, here), self.default))


@dataclass(frozen=True, slots=True)
class PlanningDay:
    """One day: when the bus comes and goes, and all that is offered. Times in whole minutes.

    Without entries no admission is taken, unless the exhibition `needs_entry`: then nobody gets in without one.
    Without stretches nothing is counted in house and exhibition. There may be stretches beyond the `opening`, of an
    evening or the like: nobody visits the exhibition then.
    """

    on: date
    arrival: datetime
    departure: datetime
    sessions: tuple[PlannedSession, ...] = ()
    seatings: tuple[Seating, ...] = ()
    entries: tuple[Admission, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    exhibition_space_id: int | None = None
    transfers: Transfers = Transfers()
    educators: int | None = None  # at work that day; None: the timetable has seen to it
    needs_entry: bool = False
    opening: tuple[datetime, datetime] | None = None  # of the house; None: nothing is said of it
    # When the sale of it opens, for what has nothing on sale yet that day: by activity, the exhibition's entry too.
    opens: Mapping[int, datetime] = field(default_factory=dict)
