"""A teacher's whole way, from the catalogue to a cancelled visit, for whoever listens to what the database is asked."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask.testing import FlaskClient

from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.mail.visit_reminders import promise_visit_letters
from booking.programmes.offered import by_slug, programmes, sessions
from booking.visit_waiting import waiting_queries
from booking.visit_waiting.waiting import Days, end_over, offer_next, wait_for_days
from booking.visits import change, read


def go_a_teachers_way(client: FlaskClient) -> None:
    """Find, plan, book, look, change the number, cancel; and what the worker and the staff ask meanwhile."""
    now = clock.now()
    bridges = by_slug(programmes(), "bruer")
    assert bridges is not None
    coming = sessions([bridges.activity_id], now + timedelta(days=20), now + timedelta(days=90), now)
    day = the_centre().local(next(session for session in coming if session.free >= 28).starts_at).date()
    for page in (
        "school", f"school?grade=6&q=bru&from={day}&until={day}", "school/bruer",
        f"school/bruer?date={day}&school=1", "my",
    ):  # fmt: skip
        assert client.get(f"/nb/{page}").status_code == 200
    wish = f"name=6A&grade=6&pupils=20&adults=2&date={day}&departure=15:30&programme={bridges.activity_id}&plan=1"
    page = client.get(f"/nb/school/visit?{wish}").get_data(as_text=True)
    plan = re.findall(r'type="hidden" name="plan" value="([^"]+)"', page)[0]
    who = {"name": "Kari", "email": "kari@example.org", "mobile": "90000000", "invoice_reference": "12345"}
    school = {"plan": plan, "school_q": "lyngheia"}
    seen = client.post("/nb/school/visit", data=school | {"step": "look"}).get_data(as_text=True)
    owed = re.findall(r'name="seen" value="([^"]*)"', seen)[0]
    booked = client.post("/nb/school/visit", data=school | who | {"seen": owed, "step": "book"})
    assert booked.status_code == 303
    visit = booked.location
    for address in (
        visit,
        f"{visit}/again",
        f"{visit}/lunch",
        f"{visit}/cancel",
        f"/nb/school/visit?move={visit.rsplit('/', 1)[1]}&{wish}",
    ):
        assert client.get(address).status_code == 200, address
    assert client.post(f"{visit}/numbers", data={"pupils-0": "22", "adults-0": "2"}).status_code == 303
    assert client.post(f"{visit}/needs", data={"needs": "none"}).status_code == 303
    assert client.post(f"{visit}/copy", data={"colleague": "ola@example.org"}).status_code == 303
    one_more = {"name": "6Q", "grade": "6", "pupils": "20", "adults": "2"}
    assert client.post(f"{visit}/classes", data=one_more).status_code in (200, 409)
    read.of_email("kari@example.org")
    with unit_of_work():
        change.give_back_of_ended(now)
    wait_for_wednesdays(client, day)
    with unit_of_work():
        promise_visit_letters(the_centre(), now + timedelta(days=30))
    assert client.post(f"{visit}/cancel").status_code == 303


def wait_for_wednesdays(client: FlaskClient, day: date) -> None:
    """Stand in line for any day of a fortnight, get an offer, leave; and what the worker asks of the line."""
    wish = {"programme": "roboten", "weekday": "2", "from": day, "until": day + timedelta(days=14), "people": "9"}
    client.post("/nb/school/waiting-list", data=wish | {"email": "ola@example.org"})
    with unit_of_work():
        robots = by_slug(programmes(), "roboten")
        assert robots is not None
        days = Days(4, day, day + timedelta(days=14))
        secret = wait_for_days(robots.activity_id, days, 9, "ada@example.org", "nb", the_centre(), clock.now())
    offer_next(the_centre(), clock.now())
    assert client.get(f"/nb/school/waiting/{secret}").status_code == 200
    assert client.post(f"/nb/school/waiting/{secret}/leave").status_code == 303
    with unit_of_work():
        end_over(clock.now())
    waiting_queries.whole()
    waiting_queries.count()
