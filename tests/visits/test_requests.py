"""What staff need to say yes or no to a request: who comes for what and when, what they need, who pays."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update

from booking.agreements.models import Agreement
from booking.agreements.prices import Pays
from booking.kernel.database import db, unit_of_work
from booking.planner.plans import PartKind
from booking.programmes.models import Programme
from booking.visits.requests import requests
from tests.visits.booked import a_school_centre, a_visit
from tests.web.browsing import statements


def test_a_request_shows_programme_needs_and_payers_in_three_statements(app: Flask) -> None:
    centre = a_school_centre()
    with unit_of_work():
        db.session.execute(update(Agreement).values(pays=Pays.SHARE, percent=25))
        db.session.get_one(Programme, centre.body).instant = False
    asked = [a_visit(centre, *names).booking_id for names in (("6A",), ("7A",))]
    with statements() as seen:
        found = requests()
    assert len(seen) == 3
    assert {one.booking_id for one in found} == set(asked)
    assert [one.arrives_at for one in found] == sorted(one.arrives_at for one in found)
    first = next(one for one in found if one.booking_id == asked[0])
    assert [(one.name, one.pupils, one.adults) for one in first.classes] == [("6A", 24, 2)]
    for one in first.classes:
        taught = {part.title["en"] for part in one.parts if part.kind is PartKind.PROGRAMME}
        assert taught == {"Bridges", "Body"}
        assert [part.starts_at for part in one.parts] == sorted(part.starts_at for part in one.parts)
    assert first.needs == "Nøtter"
    assert first.payers == (("Bergen kommune", 66000), ("", 198000))
    assert first.school == "Solbakken skole"


def test_what_staff_have_answered_is_no_request_any_more(app: Flask) -> None:
    centre = a_school_centre()
    a_visit(centre, "6A")
    assert requests() == []
