"""Wishes as their pages, letters and the queue read them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from booking.bookings.details import Contact
from booking.bookings.models import Booking
from booking.catalogue.models import Activity
from booking.kernel.database import Texts, db, run
from booking.schools.book import Order
from booking.schools.models import School
from booking.schools.payers import SchoolFacts, facts_of
from booking.schools.plan_text import plan_from
from booking.schools.plans import Plan
from booking.schools.release_models import Release, ReleaseWish, WishState
from booking.schools.releases import programme_parts
from booking.schools.visit import Group


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
        return tuple(one.group for one in self.plans[0].timetables)

    @property
    def is_waiting(self) -> bool:
        """Whether the answer is still to come."""
        return self.state in (WishState.SENT, WishState.DEFERRED)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a wish stands in line: its turn, and how many are before it."""

    state: WishState
    turn: int | None
    before: int


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


def standing(secret: str) -> Standing | None:
    """Where a wish stands in line, in one statement."""
    row = run(_STANDING, {"secret": secret}).first()
    if row is None:
        return None
    state, turn, answered = row
    return Standing(state, turn, max(0, (turn or 0) - answered - 1))


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


def order_of(wish: WishFacts, plan: Plan) -> Order:
    """The order that one of its plans makes."""
    return Order(
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


def _facts(wish: ReleaseWish, school: School, booking_secret: str | None) -> WishFacts:
    plans = tuple(plan_from(one) for one in wish.options)
    ids = {part.activity_id for plan in plans for part in programme_parts(plan) if part.activity_id is not None}
    titles = run(select(Activity.id, Activity.title).where(Activity.id.in_(sorted(ids))))
    return WishFacts(
        wish.id, wish.release_id, wish.secret, wish.reference, wish.lang, facts_of(school),
        Contact(wish.name, wish.email, wish.mobile, wish.needs), wish.on_the_day, wish.code, wish.order_number,
        wish.invoice_reference, plans, wish.version, wish.state, wish.came_lately, wish.turn, wish.option,
        booking_secret or "", {activity_id: title for activity_id, title in titles},
    )  # fmt: skip
