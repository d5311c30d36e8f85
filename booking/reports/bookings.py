"""The list of bookings: filters, a page at a time by key, each page in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select

from booking.bookings.models import Booking, Line, State
from booking.capacity.models import Channel, Slot
from booking.door.told import ToldByTeacher
from booking.kernel.database import Texts, as_values, db, in_language
from booking.occupancy.finding import fits, looser, typed_words, with_reference
from booking.reports import names
from booking.reports.standing import PAID, REFUNDED, MoneyStanding, standing_of, stands
from booking.sheets.sheet import Column, ColumnKind, Row

PAGE = 50
# Baskets that came to nothing are shown only to who asks for them.
BOUGHT = (State.CONFIRMED, State.CANCELLED, State.PENDING)


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """Which bookings: all that fit every filter that is set. `after` is the last one of the page before.

    Of `begin`, `end` (the visit's time) both or none are set; `words` are as somebody typed them.
    """

    begin: datetime | None = None
    end: datetime | None = None
    states: tuple[State, ...] = BOUGHT
    channel: Channel | None = None
    activity_id: int | None = None
    standing: MoneyStanding | None = None
    words: str = ""
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One booking in the list; money in minor units."""

    id: int
    reference: str
    state: State
    channel: Channel
    starts_at: datetime
    created_at: datetime
    name: str
    group_name: str
    email: str
    phone: str
    people: int
    currency: str
    total: int
    till_receipt: str
    activity: Texts | None
    paid: int
    refunded: int

    @property
    def standing(self) -> MoneyStanding:
        """How its money stands."""
        return standing_of(self.total, self.paid, self.refunded, self.till_receipt)


@dataclass(frozen=True, slots=True)
class BookingPage:
    """Some bookings, and the one that the next page comes after, if there is one."""

    bookings: list[Listed]
    next_after: int | None


_ACTIVITY = (
    select(Line.activity_title)
    .where(Line.booking_id == Booking.id)
    .order_by(Line.id)
    .limit(1)
    .correlate(Booking)
    .scalar_subquery()
)
_COLUMNS = (
    Booking.id, Booking.reference, Booking.state, Booking.channel, Booking.starts_at, Booking.created_at, Booking.name,
    Booking.group_name, Booking.email, Booking.phone, Booking.people, Booking.currency, Booking.total,
    Booking.till_receipt, _ACTIVITY, PAID, REFUNDED,
)  # fmt: skip


def read(wanted: BookingFilter, most: int = PAGE) -> BookingPage:
    """A page of the list, by the visit's time, the soonest first; at most three statements, two more with words."""
    query = select(*_COLUMNS).where(*_conditions(wanted)).order_by(Booking.starts_at, Booking.id).limit(most + 1)
    if wanted.after is not None:
        at = db.session.scalar(select(Booking.starts_at).where(Booking.id == wanted.after))
        if at is None:
            return BookingPage([], None)
        later = or_(Booking.starts_at > at, Booking.id > wanted.after)
        query = query.where(Booking.starts_at >= at, later)
    bookings = as_values(Listed, db.session.execute(query))
    return BookingPage(bookings[:most], bookings[most - 1].id if len(bookings) > most else None)


def more_than(wanted: BookingFilter, most: int) -> bool:
    """Whether there are more than so many: a long list is written by the worker."""
    query = select(Booking.id).where(*_conditions(wanted)).order_by(Booking.starts_at).offset(most).limit(1)
    return db.session.scalar(query) is not None


def each(wanted: BookingFilter, batch: int = 500) -> Iterator[Listed]:
    """All of the list, read in batches."""
    while True:
        page = read(wanted, batch)
        yield from page.bookings
        if page.next_after is None:
            return
        wanted = replace(wanted, after=page.next_after)


def columns() -> list[Column]:
    """The columns of the list as a file."""
    return [
        Column(_("Reference")), Column(_("State")), Column(_("Channel")), Column(_("Visit"), ColumnKind.MOMENT),
        Column(_("Ordered"), ColumnKind.MOMENT), Column(_("Activity")), Column(_("Name")), Column(_("Group")),
        Column(_("Email")), Column(_("Phone")), Column(_("People"), ColumnKind.NUMBER),
        Column(_("Total"), ColumnKind.MONEY),
        Column(_("Paid"), ColumnKind.MONEY), Column(_("Paid back"), ColumnKind.MONEY), Column(_("Money")),
        Column(_("Currency")),
        Column(_("Invoice reference")), Column(_("Order number")), Column(_("Comes along")),
        Column(_("Mobile on the day")), Column(_("Where we come to")),
        Column(_("More came than booked"), ColumnKind.NUMBER),
    ]  # fmt: skip


def as_row(listed: Listed, lang: str, told: ToldByTeacher | None = None, more: int = 0) -> Row:
    """A booking as a row of the file, with what a teacher has told of it and how many `more` came than were booked."""
    teacher = told or ToldByTeacher("", "", "", "", "")
    return (
        listed.reference, names.states()[listed.state], names.channels()[listed.channel],
        listed.starts_at, listed.created_at, in_language(listed.activity or {}, lang),
        listed.name, listed.group_name, listed.email, listed.phone, listed.people,
        listed.total, listed.paid, listed.refunded, names.standings()[listed.standing], listed.currency,
        teacher.invoice_reference, teacher.order_number, teacher.person, teacher.mobile, teacher.place, more,
    )  # fmt: skip


def _conditions(wanted: BookingFilter) -> list[ColumnElement[bool]]:
    """What a booking must fit; a whole reference finds its booking whatever else is asked."""
    booking_id = with_reference(wanted.words) if wanted.words else None
    if booking_id is not None:
        return [Booking.id == booking_id]
    conditions: list[ColumnElement[bool]] = [Booking.changes_id.is_(None), Booking.state.in_(wanted.states)]
    if wanted.begin is not None and wanted.end is not None:
        conditions += [Booking.starts_at >= wanted.begin, Booking.starts_at < wanted.end]
    if wanted.channel is not None:
        conditions.append(Booking.channel == wanted.channel)
    if wanted.standing is not None:
        conditions.append(stands(wanted.standing))
    if wanted.activity_id is not None:
        # Not EXISTS: a planner may turn that into reading every line there is.
        bought = select(Line.id).join(Slot, Slot.id == Line.slot_id)
        bought = bought.where(Line.booking_id == Booking.id, Slot.activity_id == wanted.activity_id).limit(1)
        conditions.append(bought.correlate(Booking).scalar_subquery().is_not(None))
    if wanted.words:
        conditions.append(_named(wanted.words, wanted.begin is not None, conditions))
    return conditions


def _named(typed: str, anywhere: bool, others: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Bookings that every typed word fits: any part of what is known in a few days, else the beginning of a word.

    As at the desk, where none does the last letter of each word may be another.
    """
    words = typed_words(typed)
    just_so = fits(words, anywhere=anywhere)
    if db.session.scalar(select(Booking.id).where(*others, just_so).limit(1)) is not None:
        return just_so
    return fits(looser(words), anywhere=anywhere)
