"""What pages, mails and documents read of bookings, as values in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from booking.bookings.lines.passes import whole
from booking.bookings.models import Booking, FormerTime, Line, Sold, State, Ticket, what_is_sold
from booking.capacity.models import Channel, Draw, Slot, SlotStatus
from booking.catalogue.models import Activity, Kind, TicketType
from booking.discounts.queries import DiscountShown, shown_of
from booking.discounts.taken import TakenOff, by_campaign, off_each
from booking.kernel.database import Texts, as_values, db, run
from booking.kernel.money import Money, VatShare, vat_shares
from booking.kernel.prepared import ReadyStatement
from booking.pictures.facts import PictureFacts


@dataclass(frozen=True, slots=True)
class BookedLine:
    """One line: what, when, how many, at which price (minor units, VAT included)."""

    slot_id: int
    activity_id: int
    ticket_type_id: int
    starts_at: datetime
    ends_at: datetime
    activity_title: Texts
    ticket_title: Texts
    proof: Texts
    quantity: int
    admits: int
    unit_price: int
    vat_rate: int
    channel: Channel = Channel.PUBLIC
    asks_number: bool = False
    needs_admission: bool = False
    lets_in: bool = False  # into the house: entry, or what has entry in its ticket
    is_cancelled: bool = False  # its time, perhaps by a closure
    is_contest: bool = False
    activity_slug: str = ""
    picture: PictureFacts | None = None  # of the activity as it is now
    discounts: TakenOff = ()
    of_pass: bool = False  # a day of a pass for all days of a festival
    days: tuple[datetime, ...] = ()  # of a whole pass, when each of its days begins

    @property
    def number(self) -> int:
        """How many there are in the reader's eyes: the heads of a class, which has one ticket for all, else tickets."""
        return self.quantity * self.admits if self.channel is Channel.SCHOOL else self.quantity

    @property
    def total(self) -> int:
        """Minor units."""
        return self.quantity * self.unit_price

    @property
    def discount(self) -> int:
        """What was taken off all of them, in minor units."""
        return self.quantity * off_each(self.discounts)


@dataclass(frozen=True, slots=True)
class BookedTicket:
    """One ticket that counts."""

    code: str
    slot_id: int
    ticket_type_id: int
    admits: int
    admitted: int


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """A booking with its lines, as its buyer sees it."""

    id: int
    reference: str
    secret: str
    code: str
    state: State
    channel: Channel
    changes_id: int | None
    lang: str
    currency: str
    total: int
    late_total: int
    kept_by_rule: int
    held_back: int
    by_gift_card: int
    by_pass: int
    discount: int
    people: int
    sells: Sold
    starts_at: datetime
    last_at: datetime | None  # when the last of several days begins
    version: int
    created_at: datetime
    held_until: datetime | None
    renewals: int
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    name: str
    email: str
    phone: str
    needs: str
    asked_at: datetime | None  # when a free one was asked by mail for a yes
    lines: tuple[BookedLine, ...]
    off: tuple[DiscountShown, ...] = ()  # what was taken off, by name, where it was asked for; see `named`

    @property
    def rows(self) -> list[BookedLine]:
        """What was bought, before anything was taken off: what differs by its discounts alone is one."""
        if not any(line.discounts for line in self.lines):
            return self.bought
        rows: dict[object, BookedLine] = {}
        for line in self.bought:
            full = line.unit_price + off_each(line.discounts)
            key = (line.slot_id, line.ticket_type_id, full, line.vat_rate, line.admits, *line.ticket_title.values())
            before = rows.get(key)
            quantity = line.quantity + (before.quantity if before else 0)
            rows[key] = replace(line, quantity=quantity, unit_price=full, discounts=())
        return list(rows.values())

    @property
    def lines_total(self) -> int:
        """What its lines come to; of a change all that the booking will cost, and not just what is to pay now."""
        return sum(line.total for line in self.lines)

    @property
    def sum(self) -> Money:
        """What it costs, VAT included."""
        return Money(self.total, self.currency)

    @property
    def vat(self) -> list[VatShare]:
        """The VAT in it, a share for each rate. Empty for a change that waits for its money."""
        if self.changes_id is not None:
            return []
        return vat_shares((line.vat_rate, Money(line.total, self.currency)) for line in self.lines)

    @property
    def bought(self) -> list[BookedLine]:
        """Its lines as people read them, in order of time: a pass is one at its whole price, with its days."""
        if not any(line.of_pass for line in self.lines):
            return [*self.lines]
        starts = {line.slot_id: line.starts_at for line in self.lines}
        lines, days = whole(self.lines)
        told = [
            replace(line, days=tuple(starts[day] for day in days[line.ticket_type_id])) if line.of_pass else line
            for line in lines
        ]
        return sorted(told, key=lambda line: (line.starts_at, line.slot_id))

    @property
    def has_pass(self) -> bool:
        """Whether one of its tickets is for several days."""
        return self.last_at is not None

    @property
    def to_pay(self) -> int:
        """What is left for the payment provider once gift cards have paid their part, in minor units."""
        return self.total - self.by_gift_card

    @property
    def sold(self) -> Sold:
        """What it sells."""
        return what_is_sold(self.sells, self.people)

    @property
    def is_gift_card(self) -> bool:
        """Whether it buys a gift card, and nothing that has a time."""
        return self.sold is Sold.GIFT_CARD

    @property
    def is_pass(self) -> bool:
        """Whether it buys an annual pass."""
        return self.sold is Sold.ANNUAL_PASS

    @property
    def is_of_places(self) -> bool:
        """Whether it buys places, with people who come at a time."""
        return self.sold is Sold.PLACES

    def is_living(self, now: datetime) -> bool:
        """Whether its places are kept: confirmed, or held in time."""
        return self.state is State.CONFIRMED or (self.held_until is not None and self.held_until > now)


@dataclass(frozen=True, slots=True)
class OwnBasket:
    """What a visitor holds now."""

    booking_id: int
    secret: str
    state: State
    people: int
    held_until: datetime


@dataclass(frozen=True, slots=True)
class DayFigures:
    """How many bookings were made in one way, and of how many people."""

    bookings: int = 0
    people: int = 0


_BOOKING = (
    Booking.id, Booking.reference, Booking.secret, Booking.code, Booking.state, Booking.channel, Booking.changes_id,
    Booking.lang, Booking.currency, Booking.total, Booking.late_total,
    Booking.kept_by_rule, Booking.held_back, Booking.by_gift_card, Booking.by_pass, Booking.discount, Booking.people,
    Booking.sells,
    Booking.starts_at, Booking.last_at, Booking.version,
    Booking.created_at, Booking.held_until, Booking.renewals, Booking.confirmed_at, Booking.cancelled_at, Booking.name,
    Booking.email, Booking.phone, Booking.needs, Booking.asked_at,
)  # fmt: skip


_LINE = (
    Line.slot_id, Slot.activity_id, Line.ticket_type_id, Slot.starts_at, Slot.ends_at, Line.activity_title,
    Line.ticket_title, TicketType.proof, Line.quantity, Line.admits, Line.unit_price, Line.vat_rate,
    Booking.channel, or_(TicketType.asks_number, TicketType.of_passes), Activity.needs_admission,
    and_(~Activity.needs_admission, or_(Activity.kind == Kind.ADMISSION, Activity.gives_entry)),
    Slot.status == SlotStatus.CANCELLED,
    Activity.kind == Kind.CONTEST, Activity.slug, Activity.picture, Line.discounts,
    Line.of_pass,
)  # fmt: skip

# Built once: building a statement costs more than running it.
_WITH_LINES = (
    select(*_BOOKING, *_LINE)
    .outerjoin(Line, Line.booking_id == Booking.id)
    .outerjoin(Slot, Slot.id == Line.slot_id)
    .outerjoin(Activity, Activity.id == Slot.activity_id)
    .outerjoin(TicketType, TicketType.id == Line.ticket_type_id)
    .order_by(Slot.starts_at, Line.slot_id, TicketType.sort, Line.id)
)
_BY_SECRET = ReadyStatement(_WITH_LINES.where(Booking.secret == bindparam("sought")))
_BY_ID = ReadyStatement(_WITH_LINES.where(Booking.id == bindparam("sought")))
_BY_REFERENCE = ReadyStatement(_WITH_LINES.where(Booking.reference == bindparam("sought")))
_HELD = select(Booking.id, Booking.secret, Booking.state, Booking.people, Booking.held_until).where(
    Booking.secret == bindparam("secret"), Booking.held_until > bindparam("now")
)
_DRAWN = aliased(Slot)
_TICKETS = (
    select(Ticket.code, Ticket.slot_id, Ticket.ticket_type_id, Ticket.admits, Ticket.admitted)
    .join(Slot, Slot.id == Ticket.slot_id)
    .where(Ticket.booking_id == bindparam("booking"), Ticket.void.is_(False))
    .order_by(Slot.starts_at, Ticket.id)
)


def by_secret(secret: str) -> BookingFacts | None:
    """The booking that a secret opens, in one statement."""
    return _one(_BY_SECRET, secret)


def by_id(booking_id: int) -> BookingFacts | None:
    """The booking with this id, in one statement."""
    return _one(_BY_ID, booking_id)


def by_reference(reference: str) -> BookingFacts | None:
    """The booking with this reference, in one statement."""
    return _one(_BY_REFERENCE, reference)


def named(facts: BookingFacts) -> BookingFacts:
    """The same, with what was taken off it by name; one statement where something was."""
    amounts = by_campaign(facts.lines)
    return replace(facts, off=shown_of(facts.changes_id or facts.id, amounts)) if amounts else facts


def basket_of(secret: str, now: datetime) -> OwnBasket | None:
    """What is held under a basket's secret while its time lasts, in one statement."""
    return next(iter(as_values(OwnBasket, run(_HELD, {"secret": secret, "now": now}))), None)


def waiting_changes(booking_id: int) -> list[int]:
    """The changes of a booking that hold places and wait for their money, in one statement."""
    waiting = select(Booking.id).where(Booking.changes_id == booking_id, Booking.held_until.is_not(None))
    return [waiting_id for (waiting_id,) in run(waiting)]


def was_anything_booked() -> bool:
    """Whether there ever was a booking that is still kept; found at once however many there are, in one statement."""
    return db.session.scalar(select(func.max(Booking.id))) is not None


def figures_between(begin: datetime, end: datetime) -> dict[Channel, DayFigures]:
    """Confirmed bookings of [begin, end) by how they were made, in one statement."""
    rows = run(
        select(Booking.channel, func.count(), func.sum(Booking.people))
        .where(
            Booking.starts_at >= begin,
            Booking.starts_at < end,
            Booking.state == State.CONFIRMED,
            Booking.changes_id.is_(None),
        )
        .group_by(Booking.channel)
    )
    return {channel: DayFigures(number, int(people or 0)) for channel, number, people in rows}


def tickets_of(booking_id: int) -> list[BookedTicket]:
    """The tickets that count, by time and type."""
    return as_values(BookedTicket, run(_TICKETS, {"booking": booking_id}))


@dataclass(frozen=True, slots=True)
class OnceBooked:
    """A time that a booking had and gave up."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    title: Texts


@dataclass(frozen=True, slots=True)
class CalendarTimes:
    """What a calendar needs beside the booking: until when people stay, by slot, and the times that are no more."""

    leaves: Mapping[int, datetime]
    former: tuple[OnceBooked, ...]


def calendar_times(facts: BookingFacts) -> CalendarTimes:
    """For how long a booking's people stay, never after the house closes, and what it had before; two statements."""
    drawn = (
        select(func.max(_DRAWN.ends_at))
        .join(Draw, Draw.on_slot_id == _DRAWN.id)
        .where(Draw.slot_id == Slot.id)
        .correlate(Slot)
        .scalar_subquery()
    )
    slots = {line.slot_id for line in facts.lines}
    rows = run(
        select(Slot.id, Slot.starts_at, Slot.ends_at, Activity.stay_minutes, drawn)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Slot.id.in_(slots))
    )
    leaves = {}
    for slot_id, starts_at, ends_at, stays, until in rows:
        stay = starts_at + timedelta(minutes=stays)
        leaves[slot_id] = max(ends_at, min(stay, until) if until else stay)
    former = run(
        select(FormerTime.slot_id, FormerTime.starts_at, FormerTime.ends_at, FormerTime.title)
        .where(FormerTime.booking_id == facts.id, FormerTime.slot_id.not_in(slots))
        .order_by(FormerTime.starts_at, FormerTime.slot_id)
    )
    return CalendarTimes(leaves, tuple(as_values(OnceBooked, former)))


def living_of_email(email: str, now: datetime) -> list[tuple[int, str]]:
    """Confirmed bookings ordered with this address whose day has not passed: (id, secret), soonest first."""
    rows = db.session.execute(
        select(Booking.id, Booking.secret)
        .where(
            Booking.email == email,
            Booking.state == State.CONFIRMED,
            Booking.changes_id.is_(None),
            or_(Booking.starts_at >= now, Booking.last_at >= now),
        )
        .order_by(Booking.starts_at)
        .limit(20)
    )
    return [(booking_id, secret) for booking_id, secret in rows]


def _one(query: ReadyStatement, sought: str | int) -> BookingFacts | None:
    rows = query.rows({"sought": sought})
    if not rows:
        return None
    lines = [row[len(_BOOKING) :] for row in rows]
    bought = tuple(as_values(BookedLine, (line for line in lines if line[0] is not None)))
    return as_values(BookingFacts, [(*rows[0][: len(_BOOKING)], bought)])[0]
