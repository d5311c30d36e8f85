"""The front page says whether one can come today, and whatever the day, what is next."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
import time_machine
from flask import Flask

from booking.catalogue.models import Kind
from booking.centre.models import DayException, OpeningHours
from booking.kernel.database import db, unit_of_work
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity
from tests.web.browsing import Visitor, words

pytestmark = pytest.mark.any_day

WEDNESDAY = date(2027, 2, 10)


@pytest.fixture(autouse=True)
def house(app: Flask) -> None:
    """Open from Tuesday to Friday: schools from nine, the public from eleven to five; closed on one Wednesday."""
    a_centre(timezone="Europe/Oslo")
    with unit_of_work():
        for weekday in (1, 2, 3, 4):
            db.session.add(OpeningHours(weekday=weekday, opens=time(9), closes=time(17), public_from=time(11)))
        reason = {"nb": "Juleverksted", "nn": "Juleverkstad", "en": "Christmas workshop", "lv": "Ziemassvētku darbnīca"}
        db.session.add(DayException(on_date=date(2027, 2, 17), reason=reason))


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2027-02-10T12:00+01:00", "Open today until 17:00."),
        ("2027-02-10T10:59+01:00", "Open today from 11:00 to 17:00."),
        ("2027-02-10T17:00+01:00", "Closed for today. We open again on Thursday 11 February, 11:00."),
        ("2027-02-10T23:30+01:00", "Closed for today. We open again on Thursday 11 February, 11:00."),
        ("2027-02-11T00:30+01:00", "Open today from 11:00 to 17:00."),
        ("2027-02-15T12:00+01:00", "Closed today. We open again on Tuesday 16 February, 11:00."),
        ("2027-02-17T12:00+01:00", "Closed today: Christmas workshop. We open again on Thursday 18 February, 11:00."),
        # Night of the clock change: Sunday and Monday are days off, and eleven is eleven on the wall.
        ("2027-03-28T12:00+02:00", "Closed today. We open again on Tuesday 30 March, 11:00."),
    ],
)  # fmt: skip
def test_it_says_whether_the_doors_are_open_and_when_next(visitor: Visitor, at: str, sentence: str) -> None:
    with time_machine.travel(datetime.fromisoformat(at), tick=False):
        page = words(visitor.get("/en/"))
    assert sentence in page, page[:500]


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("nb", "Stengt i dag: Juleverksted. Vi åpner igjen torsdag 18. februar kl. 11:00."),
        ("nn", "Stengt i dag: Juleverkstad. Vi opnar igjen torsdag 18. februar kl. 11:00."),
        ("lv", "Šodien slēgts: Ziemassvētku darbnīca. Atkal būsim atvērti ceturtdien, 18. februārī, plkst. 11:00."),
    ],
)
def test_it_says_so_in_every_language(visitor: Visitor, lang: str, sentence: str) -> None:
    with time_machine.travel(datetime.fromisoformat("2027-02-17T12:00+01:00"), tick=False):
        page = words(visitor.get(f"/{lang}/"))
    assert sentence in page, page[:500]


def test_a_house_that_is_closed_for_weeks_shows_what_comes_after(visitor: Visitor) -> None:
    entry, show = an_activity(), an_activity(Kind.SHOW, 30, "Bobler", needs_admission=True)
    for activity in (entry, show):
        a_ticket_type(activity, 6000)
    at = datetime.fromisoformat("2027-02-10T12:00+01:00")
    with time_machine.travel(at, tick=False):
        later = a_slot(entry, 60, datetime.fromisoformat("2027-03-20T12:00+01:00"))
        a_slot(show, 30, datetime.fromisoformat("2027-03-20T13:00+01:00"))
        page = visitor.get("/en/")
    assert "Nothing is available in the next two weeks." in words(page)
    assert f"slot={later}" in page.get_data(as_text=True)
    assert "Bobler" in words(page)


def test_a_centre_without_hours_says_nothing_of_them(visitor: Visitor) -> None:
    with unit_of_work():
        db.session.query(OpeningHours).delete()
        db.session.query(DayException).delete()
    assert "doors-today" not in visitor.get("/en/").get_data(as_text=True)
