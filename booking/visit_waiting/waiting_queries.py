"""The schools' waiting list as it is read: by whom it stands, and by the staff for a slot or a programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, null, or_, select

from booking.bookings.models import Booking, WaitingState
from booking.capacity.models import Slot
from booking.catalogue.models import Activity
from booking.centre.facts import CentreFacts
from booking.kernel.database import Texts, as_values, db, run
from booking.programmes.models import Programme
from booking.visit_waiting.models import VisitWaiting

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class AwaitedProgramme:
    """What is waited for: a programme, and one of its sessions if it is for that."""

    activity_id: int
    title: Texts
    slug: str
    slot_id: int | None
    starts_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingPlace:
    """One place in the line: who waits for what. `held` opens the places that are kept, until `held_until`."""

    id: int
    secret: str
    state: WaitingState
    lang: str
    email: str
    people: int
    activity_id: int
    title: Texts
    slug: str
    slot_id: int | None
    weekdays: int
    from_at: datetime
    until_at: datetime
    created_at: datetime
    held: str | None
    held_for: datetime | None
    held_until: datetime | None
    hindered: str | None = None

    @property
    def name(self) -> str:
        """Nobody has said who they are: only their address is known."""
        return ""

    def first(self, centre: CentreFacts) -> date:
        """The first date waited for."""
        return centre.local(self.from_at).date()

    def last(self, centre: CentreFacts) -> date:
        """The last date waited for."""
        return centre.local(self.until_at - timedelta(seconds=1)).date()


_COLUMNS = (
    VisitWaiting.id, VisitWaiting.secret, VisitWaiting.state, VisitWaiting.lang, VisitWaiting.email,
    VisitWaiting.people, VisitWaiting.activity_id, Activity.title, Activity.slug, VisitWaiting.slot_id,
    VisitWaiting.weekdays, VisitWaiting.from_at, VisitWaiting.until_at, VisitWaiting.created_at,
    Booking.secret, Booking.starts_at, Booking.held_until, VisitWaiting.hindered,
)  # fmt: skip
_PLACES = (
    select(*_COLUMNS)
    .join(Activity, Activity.id == VisitWaiting.activity_id)
    .outerjoin(Booking, Booking.id == VisitWaiting.booking_id)
)
_LIVING = VisitWaiting.state.in_((WaitingState.WAITING, WaitingState.OFFERED))


def awaited(slot_id: int | None, slug: str) -> AwaitedProgramme | None:
    """What somebody would wait for: the session, else the programme of this address if it is offered; one statement."""
    named = (Activity.id, Activity.title, Activity.slug)
    programme = select(*named, null(), null()).where(Activity.slug == slug.replace("\0", ""), Activity.active)
    session = select(*named, Slot.id, Slot.starts_at).join(Slot, Slot.activity_id == Activity.id)
    query = programme if slot_id is None else session.where(Slot.id == slot_id)
    rows = run(query.join(Programme, Programme.activity_id == Activity.id))
    return next(iter(as_values(AwaitedProgramme, rows)), None)


def by_secret(secret: str) -> WaitingPlace | None:
    """The place that a secret opens."""
    return _one(VisitWaiting.secret == secret)


def by_id(waiting_id: int) -> WaitingPlace | None:
    """The place with this id."""
    return _one(VisitWaiting.id == waiting_id)


def by_held(booking_id: int) -> WaitingPlace | None:
    """The place that a booking keeps places for."""
    return _one(VisitWaiting.booking_id == booking_id)


def before(place: WaitingPlace) -> int:
    """How many wait longer for the same programme."""
    earlier = select(func.count()).where(
        VisitWaiting.activity_id == place.activity_id,
        VisitWaiting.state == WaitingState.WAITING,
        VisitWaiting.created_at < place.created_at,
    )
    return int(db.session.execute(earlier).scalar_one())


def whole(most: int = MOST_SHOWN) -> list[WaitingPlace]:
    """Everybody who waits or has an offer, by programme, first come first."""
    return as_values(
        WaitingPlace, db.session.execute(_PLACES.where(_LIVING).order_by(Activity.sort, *_order()).limit(most))
    )


def hindered() -> list[WaitingPlace]:
    """Those in line who could have had a session but for something of their own."""
    stuck = _PLACES.where(VisitWaiting.state == WaitingState.WAITING, VisitWaiting.hindered.is_not(None))
    return as_values(WaitingPlace, db.session.execute(stuck.order_by(*_order()).limit(MOST_SHOWN)))


def count() -> int:
    """How many wait."""
    waiting = select(func.count()).where(VisitWaiting.state == WaitingState.WAITING)
    return int(db.session.execute(waiting).scalar_one())


def for_slot(slot_id: int, activity_id: int, starts_at: datetime, weekday: int) -> list[WaitingPlace]:
    """Who waits for a session, by itself or as one of many days; `weekday` is that of its local date, Monday 0."""
    for_it = or_(
        VisitWaiting.slot_id == slot_id,
        (VisitWaiting.slot_id.is_(None)) & (VisitWaiting.from_at <= starts_at) & (VisitWaiting.until_at > starts_at),
    )
    query = _PLACES.where(VisitWaiting.activity_id == activity_id, VisitWaiting.state == WaitingState.WAITING, for_it)
    places = as_values(WaitingPlace, db.session.execute(query.order_by(*_order()).limit(MOST_SHOWN)))
    return [place for place in places if place.weekdays >> weekday & 1]


def by_programme(places: Sequence[WaitingPlace]) -> list[tuple[WaitingPlace, list[WaitingPlace], int]]:
    """The line of each programme: any of its places to name it by, all of them, and how many people that is."""
    lines: dict[int, list[WaitingPlace]] = {}
    for place in places:
        lines.setdefault(place.activity_id, []).append(place)
    return [(line[0], line, sum(place.people for place in line)) for line in lines.values()]


def _order() -> tuple[ColumnElement[object], ...]:
    return VisitWaiting.activity_id, VisitWaiting.created_at, VisitWaiting.id  # type: ignore[return-value]  # columns


def _one(condition: ColumnElement[bool]) -> WaitingPlace | None:
    row = db.session.execute(_PLACES.where(condition)).first()
    return as_values(WaitingPlace, [row])[0] if row else None
