"""What a check-in and the board cost: somebody at the desk, and parties whose time is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select

from benchmarks.client import Browser, Refused, enter, token_on
from booking.bookings.basket import Pick
from booking.bookings.details import Contact
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.catalogue.queries import offers_of
from booking.centre.facts import the_centre
from booking.door.walk_in import hold_for_walk_in, sold_in_till
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from booking.staff.sessions import add_account, new_link
from tests.builders import admission_id

PARTIES, HEADS = 300, 3


@dataclass(frozen=True, slots=True)
class Morning:
    """A one-time link for the desk, and the codes of parties that nobody has let in yet."""

    link: str
    codes: list[str]


def a_morning() -> Morning:
    """Make the parties; call inside an app's context."""
    admission = admission_id() or 0
    adult = offers_of({admission})[admission][0].ticket_type_id
    now = clock.now()
    with unit_of_work():
        slot = db.session.scalar(
            insert(Slot).returning(Slot.id),
            {
                "activity_id": admission,
                "starts_at": now.replace(microsecond=0) + timedelta(seconds=61),
                "ends_at": now + timedelta(minutes=30),
                "capacity": PARTIES * HEADS,
            },
        )
        account = add_account("bench@example.org", "Bench", Role.DESK, now)
        link = new_link(account, now)
    ids = []
    for _ in range(PARTIES):
        with unit_of_work():
            held = hold_for_walk_in([Pick(slot or 0, adult, HEADS)], the_centre(), "nb", clock.now())
        with unit_of_work():
            sold_in_till(held.booking_id, "K-1", Contact("Kari Nordmann", ""), account, clock.now())
        ids.append(held.booking_id)
    return Morning(link, list(db.session.scalars(select(Booking.code).where(Booking.id.in_(ids)))))


class Desk:
    """Somebody signed in at the desk."""

    def __init__(self, port: int, link: str) -> None:
        self.browser = Browser(port)
        enter(self.browser, f"/staff/enter/{link}")
        self.token = token_on(self.browser, "/staff/desk/scan")

    def check_in(self, code: str) -> None:
        """Scan one code, as the scan page does, and be told welcome."""
        form = {"csrf_token": self.token, "code": f"BST1.{code}", "way": "scanner", "part": "answer"}
        status, body, _ = self.browser.open("POST", "/staff/desk/scan", form)
        if status != 200 or b"welcome" not in body:
            raise Refused(f"scan: {status}")

    def look(self) -> None:
        """Open the board."""
        status, _, _ = self.browser.open("GET", "/staff/desk/")
        if status != 200:
            raise Refused(f"board: {status}")
