"""Wishes as their pages, letters and the queue read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from booking.agreements.models import School
from booking.agreements.payers import SchoolFacts, facts_of
from booking.bookings.details import Contact
from booking.bookings.models import Booking
from booking.catalogue.models import Activity
from booking.kernel.database import Texts, db, run
from booking.planner.plans import PartKind, Plan
from booking.planner.wish import Group
from booking.programmes.offered import SessionFree, sessions
from booking.releases.fairness import Fate, Outcome, Prepared
from booking.releases.models import IN_LINE, Release, ReleaseWish, WishState
from booking.releases.openings import ReleaseFacts
from booking.visits.book import VisitOrder
from booking.visits.plan_text import plan_from

MOST_ROWS = 1000
MOST_TOLD = 8  # free sessions that somebody is told of


@dataclass(frozen=True, slots=True)
class WishFacts:
    """A wish as its page and letters show it. `turn` is its place in the line, 1 for the first."""

    id: int
    release_id: int
    secret: str
    reference: str
    lang: str
    school: SchoolFacts
    contact: Contact
    on_the_day: str
    code: str
    order_number: str
    invoice_reference: str
    plans: tuple[Plan, ...]
    version: int
    state: WishState
    came_lately: bool
    turn: int | None
    option: int | None
    booking_secret: str
    titles: dict[int, Texts]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The classes."""
        return tuple(timetable.group for timetable in self.plans[0].timetables) if self.plans else ()

    @property
    def is_waiting(self) -> bool:
        """Whether the answer is still to come."""
        return self.state in IN_LINE


@dataclass(frozen=True, slots=True)
class PlaceInLine:
    """Where a wish stands in line: its turn, and how many are before it."""

    state: WishState
    turn: int | None
    before: int

    @property
    def is_waiting(self) -> bool:
        """Whether the answer is still to come."""
        return self.state in IN_LINE


_BY_SECRET = (
    select(ReleaseWish, School, Booking.secret)
    .join(School, School.id == ReleaseWish.school_id)
    .outerjoin(Booking, Booking.id == ReleaseWish.booking_id)
    .where(ReleaseWish.secret == bindparam("secret"))
    .execution_options(populate_existing=True)
)
_STANDING = (
    select(ReleaseWish.state, ReleaseWish.turn, Release.answered)
    .join(Release, Release.id == ReleaseWish.release_id)
    .where(ReleaseWish.secret == bindparam("secret"))
)


def standing(secret: str) -> PlaceInLine | None:
    """Where a wish stands in line, in one statement."""
    row = run(_STANDING, {"secret": secret}).first()
    if row is None:
        return None
    state, turn, answered = row
    return PlaceInLine(state, turn, max(0, (turn or 0) - answered - 1))


def by_secret(secret: str) -> WishFacts | None:
    """The wish that a secret opens, in two statements."""
    row = db.session.execute(_BY_SECRET, {"secret": secret}).first()
    return _facts(*row) if row else None


def by_id(wish_id: int) -> WishFacts | None:
    """A wish, for letters."""
    secret = run(select(ReleaseWish.secret).where(ReleaseWish.id == wish_id)).scalar()
    return by_secret(secret) if secret else None


def count(release_id: int) -> dict[WishState, int]:
    """How many wishes of a release stand where."""
    counted = (
        select(ReleaseWish.state, func.count()).where(ReleaseWish.release_id == release_id).group_by(ReleaseWish.state)
    )
    return {state: number for state, number in run(counted)}


@dataclass(frozen=True, slots=True)
class WishRow:
    """A wish in the staff's list."""

    reference: str
    school: str
    municipality: str
    name: str
    email: str
    classes: str
    plans: int
    first_at: datetime | None
    state: WishState
    came_lately: bool
    turn: int | None
    option: int | None
    booking_id: int | None


def rows_of(release_id: int) -> list[WishRow]:
    """The wishes of a release, by turn and then as they were prepared, in one statement."""
    rows = run(
        select(
            ReleaseWish.reference, School.name, School.municipality, ReleaseWish.name, ReleaseWish.email,
            ReleaseWish.options, ReleaseWish.state, ReleaseWish.came_lately, ReleaseWish.turn, ReleaseWish.option,
            ReleaseWish.booking_id,
        )
        .join(School, School.id == ReleaseWish.school_id)
        .where(ReleaseWish.release_id == release_id)
        .order_by(ReleaseWish.turn, ReleaseWish.id)
        .limit(MOST_ROWS)
    )  # fmt: skip
    wish_rows = []
    for reference, school, municipality, name, email, options, *rest in rows:
        plan = plan_from(options[0]) if options else None
        classes = ", ".join(timetable.group.name for timetable in plan.timetables) if plan else ""
        first_at = plan.arrives_at if plan else None
        wish_rows.append(WishRow(reference, school, municipality, name, email, classes, len(options), first_at, *rest))
    return wish_rows


def order_of(wish: WishFacts, plan: Plan) -> VisitOrder:
    """The order that one of its plans makes."""
    return VisitOrder(
        plan=plan,
        school=wish.school,
        contact=wish.contact,
        lang=wish.lang,
        code=wish.code,
        on_the_day=wish.on_the_day,
        mobile=wish.contact.phone,
        order_number=wish.order_number,
        invoice_reference=wish.invoice_reference,
    )


def still_free(wish: WishFacts, release: ReleaseFacts, now: datetime) -> list[SessionFree]:
    """Sessions of the programmes wished for that every class would get into, the first of them, in one statement."""
    people = max((group.people for group in wish.groups), default=0)
    start = max(release.from_at, now + timedelta(days=1))
    frees = sessions(list(wish.titles), start, max(start, release.to_at), now)
    return [session for session in frees if session.free >= people][:MOST_TOLD]


def outcomes(release: ReleaseFacts) -> list[Outcome]:
    """What came of a drawing, in the order drawn, for the list that is put up; nobody is named."""
    rows = run(
        select(ReleaseWish.turn, ReleaseWish.reference, ReleaseWish.school_id, ReleaseWish.state, ReleaseWish.option)
        .where(ReleaseWish.release_id == release.id, ReleaseWish.turn.is_not(None))
        .order_by(ReleaseWish.turn)
    )
    return [
        Outcome(turn, Prepared(reference, school_id, release.opens_at, ()), Fate(state.value), option)
        for turn, reference, school_id, state, option in rows
        if state.value in set(Fate)
    ]


def _facts(wish: ReleaseWish, school: School, booking_secret: str | None) -> WishFacts:
    plans = tuple(plan_from(option) for option in wish.options)
    ids = {
        part.activity_id
        for plan in plans
        for timetable in plan.timetables
        for part in timetable.parts
        if part.activity_id is not None and part.kind in (PartKind.PROGRAMME, PartKind.SHOW)
    }
    titles = run(select(Activity.id, Activity.title).where(Activity.id.in_(sorted(ids))))
    return WishFacts(
        wish.id, wish.release_id, wish.secret, wish.reference, wish.lang, facts_of(school),
        Contact(wish.name, wish.email, wish.mobile, wish.needs), wish.on_the_day, wish.code, wish.order_number,
        wish.invoice_reference, plans, wish.version, wish.state, wish.came_lately, wish.turn, wish.option,
        booking_secret or "", {activity_id: title for activity_id, title in titles},
    )  # fmt: skip
