"""Places on a course on their own page: one colleague stays at home."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import taken, tomorrow
from tests.courses.enrolled import a_course, an_enrolment, people_of
from tests.web.browsing import Visitor, words

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_one_place_is_given_up_after_its_price_is_told(app: Flask, client: FlaskClient) -> None:
    slot = a_course(starts_at=tomorrow(days=2))
    done = an_enrolment(slot, "Kari Nordmann", "Ola Nordmann")
    other = an_enrolment(slot, "Per Hansen")
    booker, people = Visitor(client), people_of(slot)
    home = f"/en/course/{done.secret}"
    assert "Ola Nordmann is not coming" in words(booker.get(home))
    theirs = f"{home}/give-up/{people['Per Hansen'].id}"
    assert (booker.get(theirs).status_code, booker.post(theirs).status_code, taken(slot)) == (303, 303, 3)
    mine = f"{home}/give-up/{people['Ola Nordmann'].id}"
    assert "Cancelling now costs NOK 475" in words(booker.get(mine))
    assert (booker.post(mine).status_code, booker.post(mine).status_code, taken(slot)) == (303, 303, 2)
    shown = words(booker.get(f"{home}?done=place"))
    assert "The place is given up" in shown and "NOK 475" in shown and "Ola Nordmann" not in shown
    assert booker.get(f"{home}/give-up/{10**19}").status_code == 303
    assert "Per Hansen" in booker.get(f"/en/course/{other.secret}").text
