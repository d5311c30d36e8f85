"""Load a booking for change, move its state, write its lines and tickets. For the verbs beside this file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, literal, select, update

from booking.annual_passes import uses as passes
from booking.bookings.basket import Basket, LineFacts, PricedLine
from booking.bookings.models import LIVING, TRANSITIONS, Booking, FormerTime, Line, State, Ticket
from booking.bookings.queries import BookedLine, BookedTicket, BookingFacts
from booking.bookings.refusals import WrongState
from booking.capacity.models import Slot
from booking.capacity.places import claims_of, give_back
from booking.catalogue.models import Activity
from booking.centre.facts import the_centre
from booking.discounts import uses
from booking.gift_cards import spend
from booking.kernel.codes import new_secret
from booking.kernel.database import as_values, db, run
from booking.kernel.writing import NewRow, write

# Built once: building a statement costs more than running it.
_ANY = select(Booking).execution_options(populate_existing=True)
_LOCK = (
    _ANY.where(Booking.id.in_(bindparam("ids", expanding=True))).order_by(Booking.id).with_for_update(key_share=True)
)
_LOCK_BY_SECRET = _ANY.where(Booking.secret == bindparam("secret")).with_for_update(key_share=True)
_LOCK_RUN_OUT = (
    _ANY.where(Booking.held_until <= bindparam("now"), Booking.state == State.HELD)
    .order_by(Booking.held_until)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, key_share=True)
)
_CHANGED = select(Booking.changes_id).where(Booking.id == bindparam("booking"))
_LINES = (
    select(*(getattr(Line, name) for name in LineFacts.__dataclass_fields__))
    .where(Line.booking_id == bindparam("booking"))
    .order_by(Line.id)
)

# Who stands above and has what a booking is by its version: told of a locked one that has a new one.
_readers: list[Callable[[int, int], None]] = []


def tell_of_versions(*readers: Callable[[int, int], None]) -> None:
    """Let these be who is told, once, when the application is made."""
    _readers[:] = readers


def next_version(booking: Booking) -> None:
    """A locked booking is another now, and its buyer is told of it."""
    booking.version += 1
    for reader in _readers:
        reader(booking.id, booking.version)


def lock(*booking_ids: int) -> list[Booking]:
    """These bookings, locked in ascending id until the unit of work ends; missing ones are left out."""
    return list(db.session.scalars(_LOCK, {"ids": booking_ids}))


def lock_by_secret(secret: str) -> Booking | None:
    """The booking that a secret opens, locked until the unit of work ends."""
    return db.session.scalar(_LOCK_BY_SECRET, {"secret": secret})


def lock_held(booking_id: int, now: datetime) -> Booking:
    """A booking that is held in time, locked until the unit of work ends. Raises WrongState."""
    (booking,) = lock(booking_id)
    if booking.state is not State.HELD or booking.held_until is None or booking.held_until <= now:
        raise WrongState(State.EXPIRED.value if booking.state is State.HELD else booking.state.value)
    return booking


def lock_with_parent(booking_id: int) -> list[Booking]:
    """A booking, and before it the one that it changes, locked until the unit of work ends."""
    changed_id = run(_CHANGED, {"booking": booking_id}).scalar()
    return lock(booking_id) if changed_id is None else lock(changed_id, booking_id)


def lock_run_out(now: datetime, most: int = 50) -> list[Booking]:
    """Held bookings whose time is over, locked, those that somebody else is busy with left out."""
    return list(db.session.scalars(_LOCK_RUN_OUT, {"now": now, "most": most}))


def change_state(booking: Booking, state: State, now: datetime, held_until: datetime | None = None) -> None:
    """The one place where a booking's state changes. Raises WrongState for a way that does not exist."""
    if state not in TRANSITIONS[booking.state]:
        raise WrongState(booking.state.value)
    booking.state = state
    booking.held_until = held_until
    if state is State.CONFIRMED:
        booking.confirmed_at = now
    if state is State.CANCELLED:
        booking.cancelled_at = now
    if held_until is None and (state is not State.CONFIRMED or booking.total):
        booking.holder = booking.person = ""  # nobody's limit any more


def begin_at(booking: Booking, starts_at: datetime, last_at: datetime | None = None) -> None:
    """Let a locked booking begin at another time, and its last day where it has several.

    When a party that was late said it would come was said of a day: on another one, or when the new time is after it,
    it is forgotten.
    """
    moment = booking.expected_at
    if moment is not None and starts_at != booking.starts_at:
        local = the_centre().local
        if local(moment).date() != local(starts_at).date() or moment < starts_at:
            booking.expected_at = None
    booking.starts_at, booking.last_at = starts_at, last_at


def still_is(known: BookingFacts, booking: Booking) -> bool:
    """Whether a locked booking is what was read of it before it was locked, its lines included.

    Whoever writes lines of a basket sets its time anew; those of one that is being paid, or has run out, stay.
    """
    return (known.id, known.state, known.held_until, known.total, known.to_pay, known.people, known.starts_at) == (
        booking.id, booking.state, booking.held_until, booking.total, booking.to_pay, booking.people,
        booking.starts_at,
    )  # fmt: skip


def lines_of(booking_id: int) -> list[LineFacts]:
    """The lines of a booking in the order they were written."""
    return as_values(LineFacts, run(_LINES, {"booking": booking_id}))


def write_lines(booking_id: int | NewRow, basket: Basket, replacing: bool) -> None:
    """Write the basket's lines, in place of earlier ones when `replacing`."""
    if replacing:
        db.session.execute(delete(Line).where(Line.booking_id == booking_id))
    write(
        Line,
        [
            {
                "booking_id": booking_id,
                "slot_id": line.slot_id,
                "ticket_type_id": line.ticket_type_id,
                "activity_title": line.activity_title,
                "ticket_title": line.ticket_title,
                "quantity": line.quantity,
                "admits": line.admits,
                "unit_price": line.unit_price,
                "vat_rate": line.vat_rate,
                "discounts": line.discounts,
                "of_pass": line.of_pass,
            }
            for line in basket.lines
        ],
    )


def copy_lines(from_id: int, to_id: int) -> None:
    """Let one booking have the lines of another, in place of its own."""
    copied = [column.name for column in Line.__table__.columns if column.name not in ("id", "booking_id")]
    columns = [Line.__table__.c[name] for name in copied]
    db.session.execute(delete(Line).where(Line.booking_id == to_id))
    db.session.execute(
        insert(Line).from_select(
            ["booking_id", *copied], select(literal(to_id), *columns).where(Line.booking_id == from_id)
        )
    )


def write_tickets(booking_id: int, lines: Iterable[LineFacts]) -> None:
    """Make the tickets of a booking equal to its lines.

    Tickets that somebody may have printed keep their code: they follow to the new slot, and only those too many
    become void.
    """
    missing = places_of(lines)
    issued = db.session.scalars(
        select(Ticket).where(Ticket.booking_id == booking_id, Ticket.void.is_(False)).order_by(Ticket.id)
    ).all()
    remember_times(booking_id, {ticket.slot_id for ticket in issued} - {slot_id for slot_id, *_kind in missing})
    movable = []
    for ticket in issued:
        place = (ticket.slot_id, ticket.ticket_type_id, ticket.admits)
        if missing[place] > 0:
            missing[place] -= 1
        else:
            movable.append(ticket)
    for ticket in movable:
        another = next((p for p in +missing if p[1:] == (ticket.ticket_type_id, ticket.admits)), None)
        # A class that is more or fewer keeps its one ticket: only the number that it admits changes.
        another = another or next((p for p in +missing if p[:2] == (ticket.slot_id, ticket.ticket_type_id)), None)
        if another is None or another[2] < ticket.admitted:
            ticket.void = True
        else:
            missing[another] -= 1
            ticket.slot_id, ticket.admits = another[0], another[2]
    issue_tickets(booking_id, missing)


def remember_times(booking_id: int, slot_ids: Collection[int]) -> None:
    """Note times that a locked, confirmed booking gives up: they stand in calendars, and must go from there."""
    if not slot_ids:
        return
    known = select(FormerTime.slot_id).where(FormerTime.booking_id == booking_id)
    left = (
        select(literal(booking_id), Slot.id, Slot.starts_at, Slot.ends_at, Activity.title)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Slot.id.in_(slot_ids), Slot.id.not_in(known))
    )
    db.session.execute(insert(FormerTime).from_select(["booking_id", "slot_id", "starts_at", "ends_at", "title"], left))


def as_noted(booking: Booking, slot_ids: Iterable[int]) -> dict[str, object]:
    """A booking as the log keeps it before and after a change, with the slots that it has places in."""
    return {
        "starts_at": booking.starts_at.isoformat(),
        "people": booking.people,
        "total": booking.total,
        "slots_had": sorted(set(slot_ids)),
    }


def places_of(lines: Iterable[LineFacts | PricedLine | BookedLine]) -> Counter[tuple[int, int, int]]:
    """How many tickets for each slot, ticket type and number of people."""
    places: Counter[tuple[int, int, int]] = Counter()
    for line in lines:
        places[line.slot_id, line.ticket_type_id, line.admits] += line.quantity
    return places


def issue_tickets(booking_id: int, places: Counter[tuple[int, int, int]]) -> list[BookedTicket]:
    """Make so many new tickets; see `places_of`."""
    tickets = [BookedTicket(new_secret(), slot_id, kind, admits, 0) for slot_id, kind, admits in places.elements()]
    rows = [
        {
            "booking_id": booking_id,
            "slot_id": ticket.slot_id,
            "ticket_type_id": ticket.ticket_type_id,
            "admits": ticket.admits,
            "code": ticket.code,
        }
        for ticket in tickets
    ]
    write(Ticket, rows)
    return tickets


def only_adds(before: Iterable[LineFacts], after: Iterable[LineFacts]) -> bool:
    """Whether nothing that was there is moved or given up."""
    return not places_of(before) - places_of(after)


def has_been_used(booking_id: int) -> bool:
    """Whether anybody has come in on the booking; true until the unit of work ends for who has it locked."""
    return bool(db.session.scalar(select(func.sum(Ticket.admitted)).where(Ticket.booking_id == booking_id)))


def release(bookings: Collection[Booking], state: State, now: datetime) -> None:
    """End living bookings: their places go back, their tickets become void. `state` is CANCELLED or EXPIRED."""
    living = [booking for booking in bookings if booking.state in LIVING]
    held = claims_of([booking.id for booking in living])
    end(living, state, now)
    give_back(held, now)


def end(bookings: Collection[Booking], state: State, now: datetime, *, keeping_uses: bool = False) -> None:
    """Move bookings to their end without touching places: for those whose claims are swapped in the same breath.

    `keeping_uses`: so are their uses of campaigns.
    """
    confirmed = [booking.id for booking in bookings if booking.state is State.CONFIRMED]
    discounted = [booking.id for booking in bookings if booking.discount and not keeping_uses]
    covered = [booking.id for booking in bookings if booking.by_gift_card and booking.state is not State.CONFIRMED]
    for booking in bookings:
        change_state(booking, state, now)
    if confirmed:
        db.session.execute(
            update(Ticket)
            .where(Ticket.booking_id.in_(confirmed))
            .values(void=True)
            .execution_options(synchronize_session=False)
        )
    if covered:
        spend.let_go(covered, now)
    if on_passes := [booking.id for booking in bookings if booking.by_pass]:
        passes.let_go(on_passes, now)
    if discounted:
        uses.let_go(discounted, now)
