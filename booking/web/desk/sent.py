"""What a form of the desk has sent, and what its present day is."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import request

from booking.capacity.timetable import at
from booking.door.admit import Admitting
from booking.door.models import EntryWay
from booking.door.rules import Post
from booking.kernel import clock
from booking.kernel.codes import is_secret, new_secret
from booking.staff.models import Role
from booking.web.forms.checked import one_line
from booking.web.guards.access import who
from booking.web.languages import centre
from booking.web.typed import identity, whole_number

# Educators check their own classes in; help with money and mail is the desk's.
AT_THE_DOOR = (Role.DESK, Role.EDUCATOR)
REASON_LENGTH = 200


def today() -> tuple[datetime, datetime]:
    """The present day from midnight to midnight on the centre's wall clock, as UTC."""
    day = centre().local(clock.now()).date()
    return at(day, time(0), centre().zone), at(day + timedelta(days=1), time(0), centre().zone)


def how_sent() -> Admitting:
    """Who lets in, how and where, as the form says it; a mark is made where the device has none of its own."""
    mark = request.form.get("mark", "")
    device = request.form.get("device", "")
    way = request.form.get("way", "")
    return Admitting(
        mark=mark if is_secret(mark) else new_secret(),
        at=clock.now(),
        way=EntryWay(way) if way in set(EntryWay) else EntryWay.TYPED,
        account_id=who().account_id,
        device=device if is_secret(device) else "",
        reason=reason_sent(),
        more=whole_number(request.form.get("more"), 0, 9999) or 0,
    )


def reason_sent() -> str:
    """The reason typed, or the ready-made one that was pressed."""
    return one_line(request.form.get("reason"))[:REASON_LENGTH]


def post_sent() -> Post:
    """Where the tickets are checked; the entrance unless a space is named."""
    return Post(identity(request.values.get("post")))
