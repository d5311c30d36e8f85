"""The door on a wall clock that is not Greenwich's: what begins just after midnight is of the new day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from booking.bookings.models import State
from booking.capacity.models import Channel
from booking.catalogue.models import Kind
from booking.centre.facts import NOT_YET
from booking.door.rules import ENTRANCE, DoorVerdict, PartyAtDoor, TicketAtDoor, judge

BERGEN = replace(NOT_YET, timezone="Europe/Oslo")
HALF_PAST_MIDNIGHT = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)  # of the fourth


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (datetime(2026, 11, 3, 22, 50, tzinfo=UTC), DoorVerdict.WRONG_DAY),  # ten to midnight
        (datetime(2026, 11, 3, 23, 1, tzinfo=UTC), DoorVerdict.WELCOME),
        (datetime(2026, 11, 4, 22, 59, tzinfo=UTC), DoorVerdict.TOO_LATE),
        (datetime(2026, 11, 4, 23, 1, tzinfo=UTC), DoorVerdict.WRONG_DAY),
    ],
)
def test_a_ticket_of_half_past_midnight_is_of_the_day_that_has_begun(now: datetime, verdict: DoorVerdict) -> None:
    times = {"starts_at": HALF_PAST_MIDNIGHT, "ends_at": HALF_PAST_MIDNIGHT.replace(hour=23, minute=59)}
    ticket = TicketAtDoor(
        1, "code", 1, 1, Kind.ADMISSION, needs_admission=False, space_id=None, **times, ticket_type_id=1,
        activity_title={}, ticket_title={}, proof={}, admits=1, admitted=0,
    )  # fmt: skip
    party = PartyAtDoor(
        1, "REF", State.CONFIRMED, Channel.PUBLIC, "Kari", "", "", "", 1, HALF_PAST_MIDNIGHT, None, (ticket,)
    )
    assert judge(party, [ticket], ENTRANCE, now, BERGEN).verdict is verdict
