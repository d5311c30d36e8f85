"""Discount codes at the desk: typed for who pays in the till, taken off again, refused with words."""

from __future__ import annotations

from sqlalchemy import select

from booking.bookings.models import Booking
from booking.kernel.database import db, end_reading
from booking.running.check import breaches
from booking.staff.models import Role
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity
from tests.discounts.campaigns import a_campaign, used
from tests.door.doors import soon
from tests.web.browsing import Visitor, typed, words
from tests.web.test_desk import signed_in


def test_a_walk_in_has_a_code_typed_at_the_desk_and_pays_less_in_the_till(visitor: Visitor) -> None:
    a_centre()
    desk, activity = signed_in(visitor, Role.DESK), an_activity()
    slot, adult = a_slot(activity, 20, soon(10)), a_ticket_type(activity)
    there = desk.post("/staff/desk/sell", {"slot": slot, f"q-{slot}-{adult}": 2}).location
    assert "Discount code" not in words(desk.get(there))
    online, campaign = a_campaign("NETT"), a_campaign(channels=["desk"])
    for wrong, status in (("TULL99", 422), ("NETT", 422), ("", 422), ("🎈" * 500, 422)):
        page = desk.post(f"{there}/discount", {"code": wrong})
        assert (page.status_code, 'id="code-error"' in page.get_data(as_text=True)) == (status, True)
        assert typed(page, "code") == wrong[:80]
    number = int(there.rsplit("/", 1)[1])
    full = _total(number)
    assert desk.post(f"{there}/discount", {"code": "vinter 2O"}).status_code == 303
    assert "Vinter: " in words(desk.get(there))
    assert _total(number) * 10 == full * 8
    assert desk.post(f"{there}/discount/off").status_code == 303
    assert _total(number) == full
    assert desk.post(f"{there}/discount", {"code": "VINTER20"}).status_code == 303
    assert desk.post(f"{there}/till", {"receipt": "K-1"}).status_code == 303
    assert desk.post(f"{there}/discount", {"code": "VINTER20"}).status_code == 409
    assert desk.post(f"{there}/discount/off").status_code == 409
    assert (used(online), used(campaign), _total(number) * 10) == (0, 1, full * 8)
    assert breaches() == []


def _total(booking_id: int) -> int:
    end_reading()
    return db.session.scalars(select(Booking.total).where(Booking.id == booking_id)).one()
