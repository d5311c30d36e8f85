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
    booking_ids = [a_visit(centre, *names).booking_id for names in (("6A",), ("7A",))]
    with statements() as seen:
        waiting = requests()
    assert len(seen) == 3
    assert {request.booking_id for request in waiting} == set(booking_ids)
    assert [request.arrives_at for request in waiting] == sorted(request.arrives_at for request in waiting)
    first = next(request for request in waiting if request.booking_id == booking_ids[0])
    assert [(group.name, group.pupils, group.adults) for group in first.classes] == [("6A", 24, 2)]
    for group in first.classes:
        taught = {part.title["en"] for part in group.parts if part.kind is PartKind.PROGRAMME}
        assert taught == {"Bridges", "Body"}
        assert [part.starts_at for part in group.parts] == sorted(part.starts_at for part in group.parts)
    assert first.needs == "Nøtter"
    assert first.payers == (("Bergen kommune", 66000), ("", 198000))
    assert first.school == "Solbakken skole"


def test_what_staff_have_answered_is_no_request_any_more(app: Flask) -> None:
    centre = a_school_centre()
    a_visit(centre, "6A")
    assert requests() == []
