"""An activity may say how many places one booking can have at one of its times."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from booking.bookings.refusals import TooManyPlaces
from booking.capacity.models import Channel
from booking.catalogue.models import Activity
from booking.kernel.database import db, unit_of_work
from tests.builders import a_hold, a_sale, taken


def test_no_more_than_the_activity_allows_online_while_the_desk_may(app: Flask) -> None:
    _, slot, adult = a_sale()
    with unit_of_work():
        db.session.execute(update(Activity).values(most_places=3))
    with pytest.raises(TooManyPlaces):
        a_hold(slot, adult, 4)
    a_hold(slot, adult, 3)
    a_hold(slot, adult, 4, channel=Channel.DESK)
    assert taken(slot) == 7
