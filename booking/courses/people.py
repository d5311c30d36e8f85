"""Who comes: each person gets a ticket of the booking and hears of it; names can change, times and bookings too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Row, case, false, func, or_, select

from booking.bookings.details import make_findable
from booking.bookings.models import Booking, State, Ticket
from booking.bookings.refusals import Unknown, WrongState
from booking.bookings.store import lock
from booking.capacity.models import Slot, SlotStatus
from booking.centre.facts import CentreFacts
from booking.courses.certificates import withdraw
from booking.courses.enrol import NewParticipant
from booking.courses.models import Participant, ParticipantTold
from booking.courses.rules import NamesFinal, names_until
from booking.kernel.database import db
from booking.outbox.promises import promise
from booking.records.audit import note

MOST_AT_ONCE = 100


def rename(
    booking_id: int, people: Mapping[int, NewParticipant], *, centre: CentreFacts, now: datetime, actor: str = "buyer"
) -> int:
    """Let other people come, or the same ones spelt right; call inside a unit of work. Returns how many changed.

    Whoever booked may until the day before, staff at any time. Raises NamesFinal, Unknown, WrongState.
    """
    bookings = lock(booking_id)
    if not bookings or bookings[0].state is not State.CONFIRMED:
        raise WrongState(State.CANCELLED.value)
    rows = {participant.id: participant for participant in of_booking(booking_id)}
    if not set(people) <= set(rows):
        raise Unknown
    changed = [
        rows[key]
        for key, new_participant in people.items()
        if (new_participant.name, new_participant.email) != (rows[key].name, rows[key].email)
    ]
    if not changed:
        return 0
    until = names_until(min(participant.starts_at for participant in changed), centre)
    if actor == "buyer" and centre.local(now).date() > until:
        raise NamesFinal(until)
    for participant in changed:
        if participant.name != people[participant.id].name:
            withdraw(participant, now, actor)
        participant.name, participant.email = people[participant.id].name, people[participant.id].email
        participant.version += 1
        if participant.told is ParticipantTold.PLACE and participant.starts_at > now:
            _tell(participant, ParticipantTold.PLACE)
    make_findable_by_names(bookings[0])
    note(
        actor,
        "course.rename",
        f"booking:{booking_id}",
        None,
        {"participants": [participant.id for participant in changed]},
    )
    return len(changed)


def follow_up(now: datetime) -> int:
    """Seat who was confirmed, and tell people what has changed for them; call inside a unit of work, again until 0."""
    return _seat() + _tell_changes(now)


def _seat() -> int:
    """Give each participant of a confirmed booking one of its tickets, in order, and the mail with it."""
    waiting = (
        select(Participant.booking_id)
        .join(Booking, Booking.id == Participant.booking_id)
        .where(Participant.ticket_id.is_(None), Participant.name != "", Booking.state == State.CONFIRMED)
        .distinct()
        .limit(MOST_AT_ONCE)
    )
    seated = 0
    for booking in lock(*db.session.scalars(waiting)):
        people = of_booking(booking.id)
        taken = {person.ticket_id for person in people}
        free = [ticket for ticket in _tickets(booking.id) if ticket.id not in taken]
        for participant, ticket in zip((person for person in people if person.ticket_id is None), free, strict=False):
            participant.ticket_id, participant.slot_id = ticket.id, ticket.slot_id
            participant.starts_at = db.session.scalars(select(Slot.starts_at).where(Slot.id == ticket.slot_id)).one()
            _tell(participant, ParticipantTold.PLACE)
            seated += 1
        make_findable_by_names(booking)
    return seated


def _tell_changes(now: datetime) -> int:
    """Another time, a cancelled booking, a cancelled course, or open after all: each person hears it once."""
    stands = (Booking.state == State.CONFIRMED) & Ticket.void.is_(False)  # void: their place alone was given up
    is_on = case((stands, Slot.status != SlotStatus.CANCELLED), else_=False)
    rows = db.session.execute(
        select(Participant, is_on.label("is_on"), Slot.id, Slot.starts_at)
        .join(Booking, Booking.id == Participant.booking_id)
        .join(Ticket, Ticket.id == Participant.ticket_id)
        .join(Slot, Slot.id == Ticket.slot_id)
        .where(
            Participant.name != "",
            Participant.starts_at > now,
            or_(
                (Participant.told == ParticipantTold.PLACE) & (~is_on | (Participant.slot_id != Ticket.slot_id)),
                (Participant.told == ParticipantTold.OFF) & is_on,
            ),
        )
        .limit(MOST_AT_ONCE)
        .with_for_update(of=Participant, skip_locked=True)
    ).all()
    for participant, still_on, slot_id, starts_at in rows:
        participant.slot_id, participant.starts_at = slot_id, starts_at
        participant.version += 1
        _tell(participant, ParticipantTold.PLACE if still_on else ParticipantTold.OFF)
    return len(rows)


def _tell(participant: Participant, what: ParticipantTold) -> None:
    participant.told = what
    about = {"participant_id": participant.id, "booking_id": participant.booking_id}
    promise(f"mail.course_{what.value}", f"course_{what.value}:{participant.id}:{participant.version}", about)


def make_findable_by_names(booking: Booking) -> None:
    """Let the desk find a booking by everybody who comes on it; inside a unit of work that has it locked."""
    make_findable(booking, [participant.name for participant in of_booking(booking.id)])


def keep_findable_by_names(booking_id: int) -> None:
    """As `make_findable_by_names`, when who ordered has changed; nothing for what nobody comes on by name."""
    if of_booking(booking_id):
        make_findable_by_names(lock(booking_id)[0])


def of_booking(booking_id: int) -> list[Participant]:
    """Who comes, as the database has them now; those whose place was given up are not among them."""
    query = (
        select(Participant)
        .outerjoin(Ticket, Ticket.id == Participant.ticket_id)
        .where(Participant.booking_id == booking_id, func.coalesce(Ticket.void, false()).is_(False))
        .order_by(Participant.id)
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _tickets(booking_id: int) -> Sequence[Row[int, int]]:
    query = select(Ticket.id, Ticket.slot_id).where(Ticket.booking_id == booking_id, Ticket.void.is_(False))
    return db.session.execute(query.order_by(Ticket.id)).all()
