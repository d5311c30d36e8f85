"""The desk in a browser: signed in, with parties that come just now, straight in the running house's database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import segno
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from booking import create_app
from booking.bookings.details import make_findable
from booking.bookings.models import Booking, Line, Ticket
from booking.bookings.store import lines_of, lock, write_tickets
from booking.capacity.availability import entry_between
from booking.capacity.models import Channel, Slot
from booking.capacity.places import Want, claims_of, swap
from booking.capacity.timetable import at
from booking.catalogue.queries import offers_of
from booking.centre.facts import the_centre
from booking.documents.qr import door_text
from booking.door import admit, read
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.settings import Settings
from booking.staff.models import Account, Role, StaffSession
from booking.staff.sessions import add_account, new_link
from tests.builders import a_confirmed_booking, a_slot, admission_id
from tests.door.doors import how
from tests.support.axe import faults
from tests.support.house import House


@dataclass(frozen=True)
class Party:
    """A booking whose time is now."""

    booking_id: int
    reference: str
    code: str

    @property
    def typed(self) -> str:
        """What a scanner types for the party's code."""
        return door_text(self.code)


def looks_well(page: Page, house: House) -> None:
    """Nothing sticks out, and axe finds nothing; what pages look like does not depend on the database."""
    if house.environment["DATABASE_URL"].startswith("sqlite"):
        assert faults(page) == []


_apps: dict[str, Flask] = {}


def app_of(house: House) -> Flask:
    """The house's app in this process, made once: making it takes as long as opening a page."""
    if house.url not in _apps:
        # This process is on the day already (tests/support/one_day.py).
        _apps[house.url] = create_app(Settings.from_environment(house.environment | {"DEMO_CLOCK": ""}))
    return _apps[house.url]


@contextmanager
def inside(house: House) -> Iterator[None]:
    """The house's own database, from this process."""
    with app_of(house).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def sign_in(page: Page, house: House, role: Role = Role.DESK) -> None:
    """Come in as somebody with this role, who reads English."""
    with inside(house), unit_of_work():
        account = add_account(f"{role}@example.org", f"{role.capitalize()} Person", role, clock.now())
        db.session.execute(update(Account).where(Account.id == account).values(lang="en"))
        link = new_link(account, clock.now())
    page.goto(f"/staff/enter/{link}")
    page.locator("main button").first.click()
    page.wait_for_url("**/staff/**")


def sign_everybody_out(house: House) -> None:
    """Somebody ends all sessions on the server."""
    with inside(house), unit_of_work():
        db.session.execute(update(StaffSession).values(ended_at=clock.now()))


def a_party(
    house: House,
    quantity: int = 2,
    *,
    name: str = "Kari Nordmann",
    school: str = "",
    days: int = 0,
) -> Party:
    """A party with entry now, or so many days from now; with a school's name it is a class of that many pupils."""
    with inside(house):
        admission = admission_id() or 0
        adult = offers_of({admission})[admission][0].ticket_type_id
        starts_at = just_now() + timedelta(days=days)
        slot = _slot(admission, starts_at)
        held = a_confirmed_booking(
            slot, adult, 1, name=name, email=f"{name.split()[0].lower()}@example.org", channel=Channel.DESK
        )
        with unit_of_work():
            _be(held.booking_id, quantity, school)
        reference, code = db.session.execute(
            select(Booking.reference, Booking.code).where(Booking.id == held.booking_id)
        ).one()
    return Party(held.booking_id, reference, code)


def days_until_room(house: House, least: int, party: int = 2) -> int:
    """How many days from now, so many at least, there is entry for a party: not on Boxing Day, nor when all is sold."""
    with inside(house):
        centre, now = the_centre(), clock.now()
        begin = centre.local(now).date() + timedelta(days=least)
        first = at(begin, clock_time.min, centre.zone)
        slots = entry_between(first, first + timedelta(weeks=6), Channel.PUBLIC, now)
        day = min(centre.local(slot.starts_at).date() for slot in slots if slot.open and slot.free >= party)
        return least + (day - begin).days


def let_in(house: House, party: Party, people: int) -> None:
    """Somebody at another device lets so many of a party in."""
    with inside(house), unit_of_work():
        at_door = read.party(party.booking_id)
        assert at_door is not None
        key = (at_door.tickets[0].slot_id, at_door.tickets[0].ticket_type_id)
        admit.admit(party.booking_id, {key: people}, how(), the_centre())


def keeps(page: Page, words: str) -> None:
    """Wait until the device's list of the day has these words in it."""
    until = time.monotonic() + 20
    while words not in page.evaluate("localStorage.getItem('bestill.list') ?? ''"):
        assert time.monotonic() < until, f"no {words} in the list"
        page.wait_for_timeout(20)


def is_looked_after(page: Page) -> None:
    """Open the page anew until the browser keeps it for a time without network."""
    until = time.monotonic() + 20
    while not page.evaluate("navigator.serviceWorker.controller !== null"):
        assert time.monotonic() < until, "no service worker"
        page.wait_for_timeout(20)
    page.reload()


def admitted(house: House, party: Party) -> int:
    """How many of a party are in."""
    with inside(house):
        heads = select(func.sum(Ticket.admitted)).where(Ticket.booking_id == party.booking_id, Ticket.void.is_(False))
        return db.session.scalar(heads) or 0


def just_now() -> datetime:
    """A start a few minutes from now that is today at the centre."""
    now = clock.now().replace(microsecond=0)
    soon = now + timedelta(minutes=5)
    same_day = the_centre().local(soon).date() == the_centre().local(now).date()
    return soon if same_day else now - timedelta(minutes=5)


def answer(page: Page, verdict: str) -> None:
    """The scan page's answer is this one."""
    expect(page.locator(f".answer[data-verdict={verdict}]")).to_be_visible()


def film(text: str, path: Path, beside: str = "", greys: tuple[int, int] = (16, 235)) -> Path:
    """A film of a QR code held before the camera, for Chromium's fake camera (YUV4MPEG2, grey); one `beside` it too."""
    width, height = 640, 480
    grey = bytearray(b"\xc8" * (width * height))
    for words, middle in ((beside, 130), (text, 320)):
        if not words:
            continue
        scale = 5 if beside else 8
        rows = [list(row) for row in segno.make(words, error="q", micro=False).matrix_iter(scale=scale, border=4)]
        top, left = (height - len(rows)) // 2, middle - len(rows[0]) // 2
        for y, row in enumerate(rows):
            start = (top + y) * width + left
            grey[start : start + len(row)] = bytes(greys[0] if dark else greys[1] for dark in row)
    frame = b"FRAME\n" + bytes(grey) + b"\x80" * (width * height // 2)
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 5)
    return path


def _slot(activity: int, starts_at: datetime) -> int:
    slot_id = db.session.scalar(select(Slot.id).where(Slot.activity_id == activity, Slot.starts_at == starts_at))
    return slot_id or a_slot(activity, 400, starts_at)


def _be(booking_id: int, quantity: int, school: str) -> None:
    """Let a booking of one be so many, without asking what a buyer may have."""
    (booking,) = lock(booking_id)
    giving = claims_of([booking_id])
    db.session.execute(update(Line).where(Line.booking_id == booking_id).values(quantity=quantity))
    write_tickets(booking_id, lines_of(booking_id))
    booking.people, booking.total = quantity, booking.total * quantity
    if school:
        booking.group_name, booking.channel = school, Channel.SCHOOL
    make_findable(booking)
    swap(booking_id, [Want(giving[0].slot_id, quantity)], giving[0].channel, clock.now(), giving)
