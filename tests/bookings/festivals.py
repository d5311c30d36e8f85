"""A festival of three days with a pass for all of them, and what the nightly check asks of passes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import update

from booking.bookings.basket import Pick
from booking.bookings.hold import hold
from booking.bookings.models import Booking
from booking.catalogue.models import Kind, TicketType
from booking.centre.facts import the_centre
from booking.door import admit
from booking.door.rules import ENTRANCE, DoorVerdict
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_ticket_type, an_activity, taken, tomorrow
from tests.door.doors import how, party_code

# Broken in test_passes.py.
OF_FESTIVALS = {
    "festival pass of which there are not as many on each of its days, booking",
    "festival pass that the door does not know on its last day, booking",
}


class Festival:
    """Three days with two ticket types: for one day, and the pass for all."""

    def __init__(self, places: Sequence[int] = (10, 10, 10), price: int = 50000) -> None:
        a_centre()
        self.activity = an_activity(Kind.FESTIVAL, gives_entry=True)
        self.days = [a_slot(self.activity, room, tomorrow(days=3 + day)) for day, room in enumerate(places)]
        self.of_a_day = a_ticket_type(self.activity, 20000, "Dagsbillett")
        self.of_all = a_ticket_type(self.activity, price, "Festivalpass")
        with unit_of_work():
            db.session.execute(update(TicketType).where(TicketType.id == self.of_all).values(all_days=True))

    def holds(self, *picks: Pick) -> Booking:
        """As somebody holds them."""
        with unit_of_work():
            held = hold(picks, centre=the_centre(), now=clock.now(), lang="nb")
        return db.session.get_one(Booking, held.booking_id)

    def bought(self, passes: int = 2) -> int:
        """A confirmed booking of so many passes, chosen at the first day."""
        return a_confirmed_booking(self.days[0], self.of_all, passes).booking_id

    def scanned(self, booking_id: int, day: int, minutes: int = 5) -> DoorVerdict:
        """What the door says to its code on a day."""
        at = tomorrow(days=3 + day) + timedelta(minutes=minutes)
        with unit_of_work():
            return admit.scan(party_code(booking_id), ENTRANCE, how(at=at), the_centre()).verdict

    @property
    def taken(self) -> list[int]:
        """How many places of each day are taken."""
        return [taken(day) for day in self.days]
