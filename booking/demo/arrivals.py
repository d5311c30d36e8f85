"""Who of the demo's visitors has come by now: check-ins for all times that have begun, one class not complete."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update

from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Channel, Slot
from booking.catalogue.models import Activity, Kind
from booking.demo.crowd import Crowd
from booking.door.models import CheckIn, CheckInLine, EntryWay
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work

COMES = 0.93  # of the parties; the others never turn up
ABSENT = 2  # pupils missing in the class that is not complete


def let_in_who_has_come(crowd: Crowd) -> None:
    """Admit nearly everybody whose time has begun, each at a moment around it."""
    parties: dict[int, list[tuple[int, int]]] = defaultdict(list)
    about = {}
    rows = db.session.execute(
        select(Ticket.booking_id, Ticket.id, Ticket.admits, Slot.starts_at, Booking.channel)
        .join(Slot, Slot.id == Ticket.slot_id)
        .join(Booking, Booking.id == Ticket.booking_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(
            Ticket.void.is_(False),
            Booking.state == State.CONFIRMED,
            Slot.starts_at <= crowd.now,
            Activity.kind != Kind.LUNCH,
        )
        .order_by(Ticket.id)
    )
    for booking_id, ticket_id, admits, starts_at, channel in rows:
        parties[booking_id].append((ticket_id, admits))
        about[booking_id] = (starts_at, channel)
    coming = [booking_id for booking_id in parties if crowd.chance.random() < COMES]
    groups = [booking_id for booking_id in coming if about[booking_id][1] is Channel.SCHOOL]
    for latest in groups[-1:]:
        (ticket_id, admits), *others = parties[latest]
        parties[latest] = [(ticket_id, admits - ABSENT), *others]
    came = []
    for booking_id in coming:
        moment = about[booking_id][0] + timedelta(minutes=crowd.chance.randint(-12, 20))
        came.append((booking_id, min(moment, crowd.now)))
    _write(came, parties)


def _write(came: list[tuple[int, datetime]], parties: dict[int, list[tuple[int, int]]]) -> None:
    if not came:
        return
    with unit_of_work():
        check_ins = db.session.scalars(
            insert(CheckIn).returning(CheckIn.id, sort_by_parameter_order=True),
            [
                {
                    "mark": new_secret(),
                    "booking_id": booking_id,
                    "at": moment,
                    "way": EntryWay.SCANNER,
                    "heads": sum(admits for _ticket, admits in parties[booking_id]),
                }
                for booking_id, moment in came
            ],
        ).all()
        lines = [
            {"check_in_id": check_in_id, "ticket_id": ticket_id, "heads": admits}
            for check_in_id, (booking_id, _moment) in zip(check_ins, came, strict=True)
            for ticket_id, admits in parties[booking_id]
        ]
        db.session.execute(insert(CheckInLine), lines)
        tickets = Ticket.__table__
        db.session.connection().execute(
            update(tickets)  # type: ignore[arg-type]  # a declarative class's table is a FromClause to the checker
            .where(tickets.c.id == bindparam("ticket"))
            .values(admitted=tickets.c.admitted + bindparam("heads_in")),
            [{"ticket": line["ticket_id"], "heads_in": line["heads"]} for line in lines],
        )
