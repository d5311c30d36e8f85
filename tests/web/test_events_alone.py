"""The ticket page of what is sold without entry: an evening, a festival with its programme."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from booking.catalogue.models import Activity, Kind
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from tests.builders import a_centre, a_hold, a_sale, a_slot, a_ticket_type, an_activity, in_all, tomorrow
from tests.web.browsing import Visitor, statements, typed, words
from tests.web.test_desk import signed_in


def an_evening(capacity: int = 10, **more: object) -> tuple[int, int, int]:
    """A lecture tonight in three days: (activity, slot, ticket type)."""
    activity = an_activity(Kind.LECTURE, 60, "Stjernekveld", **more)
    return activity, a_slot(activity, capacity, tomorrow(19)), a_ticket_type(activity, 19500)


def test_an_evening_is_bought_alone_in_the_three_ordinary_pages(app: Flask, visitor: Visitor) -> None:
    a_centre()
    _, slot, ticket = an_evening()
    page = visitor.get(f"/nb/tickets?slot={slot}&party=3")
    assert "Stjernekveld" in words(page)
    assert "inngang til huset er ikke med" in words(page)
    assert 'class="month"' not in page.get_data(as_text=True)
    assert typed(page, f"q-{slot}-{ticket}") == "3"
    booking = visitor.buy(slot, ticket)
    assert "Stjernekveld" in words(visitor.get(booking))


def test_a_ticket_page_of_entry_costs_no_statement_more_for_it(app: Flask, visitor: Visitor) -> None:
    _, entry, _ = a_sale()
    with statements() as before:
        visitor.get(f"/nb/tickets?slot={entry}")
    an_evening()
    with statements() as after:
        visitor.get(f"/nb/tickets?slot={entry}")
    assert len(after) == len(before)


def test_a_full_evening_offers_the_waiting_list_and_its_other_times(app: Flask, visitor: Visitor) -> None:
    a_centre()
    activity, slot, ticket = an_evening(capacity=2)
    other = a_slot(activity, 10, tomorrow(19, days=10))
    a_hold(slot, ticket, 2)
    page = visitor.get(f"/nb/tickets?slot={slot}")
    assert "er ikke lenger ledig for 2" in words(page)
    assert f"/nb/waiting-list?slot={slot}" in page.get_data(as_text=True)
    assert f"slot={other}" in page.get_data(as_text=True)


def test_who_is_too_late_for_an_evening_is_told_and_keeps_what_was_typed(app: Flask, visitor: Visitor) -> None:
    a_centre()
    _, slot, ticket = an_evening(capacity=3)
    visitor.get(f"/nb/tickets?slot={slot}")
    a_hold(slot, ticket, 2)
    refused = visitor.hold(slot, ticket, 2)
    assert refused.status_code == 409
    assert typed(refused, f"q-{slot}-{ticket}") == "2"
    assert "Stjernekveld" in words(refused)


@pytest.mark.parametrize("why", ["needs_admission", "inactive"])
def test_what_is_not_sold_alone_is_no_beginning(app: Flask, visitor: Visitor, why: str) -> None:
    a_sale()
    _, slot, _ = an_evening(needs_admission=why == "needs_admission", active=why != "inactive")
    page = visitor.get(f"/nb/tickets?slot={slot}")
    assert page.status_code == 200
    assert 'class="month"' in page.get_data(as_text=True)


def test_a_festivals_programme_stands_beside_its_ticket_and_not_beside_entry(app: Flask, visitor: Visitor) -> None:
    _, entry, _ = a_sale()
    festival = an_activity(Kind.FESTIVAL, title="Lysfestivalen")
    day = a_slot(festival, 50, tomorrow(10))
    a_ticket_type(festival, 29000)
    for title, more in (("Laserlabyrinten", {"part_of_id": festival}), ("Bobler", {})):
        activity = an_activity(Kind.SHOW, title=title, needs_admission=True, **more)
        a_slot(activity, 10, tomorrow(12))
        a_ticket_type(activity, 0)
    of_festival, of_entry = (
        words(visitor.get(f"/nb/tickets?slot={day}")),
        words(visitor.get(f"/nb/tickets?slot={entry}")),
    )
    assert ("Laserlabyrinten" in of_festival, "Bobler" in of_festival) == (True, False)
    assert ("Laserlabyrinten" in of_entry, "Bobler" in of_entry) == (False, True)
    with unit_of_work():
        db.session.get_one(Activity, festival).gives_entry = True
    assert "Bobler" in words(visitor.get(f"/nb/tickets?slot={day}"))


def test_the_office_sets_up_a_festival_with_its_programme(app: Flask, visitor: Visitor) -> None:
    a_centre()
    boss = signed_in(visitor, Role.ADMIN)
    texts = {f"{field}-{lang}": "Lys" for field in ("title", "summary") for lang in ("nb", "nn", "en", "lv")}
    form = texts | {
        "kind": "festival",
        "minutes": "360",
        "turnaround_minutes": "0",
        "capacity": "200",
        "sort": "0",
        "active": "y",
    }
    boss.get("/staff/activities/new")
    assert boss.post("/staff/activities/new", form | {"gives_entry": "y", "outside_hours": "y"}).status_code == 303
    festival = db.session.query(Activity).filter_by(kind=Kind.FESTIVAL).one().id
    session = form | {"kind": "workshop", "needs_admission": "y", "part_of_id": str(festival)}
    for wrong in ({"gives_entry": "y"}, {"outside_hours": "y"}, {"kind": "festival"}):
        assert boss.post("/staff/activities/new", session | wrong).status_code == 422, wrong
    assert boss.post("/staff/activities/new", session).status_code == 303
    db.session.rollback()
    assert db.session.query(Activity).filter_by(part_of_id=festival).one().title == in_all("Lys")


def test_a_festivals_page_tells_its_programme_day_by_day_and_its_sessions_lead_back(
    app: Flask, visitor: Visitor
) -> None:
    a_centre()
    festival = an_activity(Kind.FESTIVAL, title="Lysfestivalen", minutes=360)
    first, second = (a_slot(festival, 50, tomorrow(10, days=days)) for days in (3, 4))
    a_ticket_type(festival, 29000)
    session = an_activity(Kind.SHOW, title="Laserlabyrinten", needs_admission=True, part_of_id=festival)
    other = an_activity(Kind.SHOW, title="Bobler", needs_admission=True)
    for activity in (session, other):
        a_slot(activity, 12, tomorrow(12))
        a_ticket_type(activity, 0)
    slugs = dict(db.session.query(Activity.id, Activity.slug).all())
    page = visitor.get(f"/nb/whats-on/{slugs[festival]}")
    assert "Programmet" in words(page) and "Laserlabyrinten" in words(page) and "Bobler" not in words(page)
    html = page.get_data(as_text=True)
    assert f"slot={first}#choose" in html
    assert f"slot={second}#choose" not in html, "nothing is on its programme that day"
    with statements() as seen:
        visitor.get(f"/nb/whats-on/{slugs[festival]}")
    assert len(seen) <= 5
    of_session = visitor.get(f"/nb/whats-on/{slugs[session]}")
    assert f"/nb/whats-on/{slugs[festival]}" in of_session.get_data(as_text=True)
    assert "Har du festivalbillett allerede?" in words(of_session)


def test_a_ticket_for_a_whole_team_is_proposed_once_and_not_for_each_of_them(app: Flask, visitor: Visitor) -> None:
    a_centre()
    contest = an_activity(Kind.CONTEST, title="Fjordbotcupen")
    slot, team = a_slot(contest, 10, tomorrow(10)), a_ticket_type(contest, 0, "Lag", places=10)
    page = visitor.get(f"/nb/tickets?slot={slot}")
    assert typed(page, f"q-{slot}-{team}") == "1"
    assert visitor.hold(slot, team, 1).status_code == 303


def test_what_is_left_of_a_contest_is_counted_in_teams_where_teams_are_sold(app: Flask, visitor: Visitor) -> None:
    a_centre(few_left=15)
    contest = an_activity(Kind.CONTEST, title="Fjordbotcupen")
    slot, team = a_slot(contest, 24, tomorrow(10)), a_ticket_type(contest, 0, "Lag", places=10)
    slug = db.session.scalars(select(Activity.slug).where(Activity.id == contest)).one()
    own = f"/nb/whats-on/{slug}"
    assert "Plass til 2 lag" in words(visitor.get(own))
    refused = visitor.hold(slot, team, 3)
    assert refused.status_code == 409 and "bare plass til 2 lag" in words(refused)
    assert visitor.hold(slot, team, 1).status_code == 303
    for page in (own, "/nb/whats-on?kind=contest"):
        assert "Plass til 1 lag" in words(visitor.get(page))
    assert visitor.hold(slot, team, 2).status_code == 303
    assert "Fullt" in words(visitor.get(own))  # four places are left, and no team can have them


def test_of_a_festival_one_chooses_the_day_and_of_an_evening_the_time(app: Flask, visitor: Visitor) -> None:
    a_centre()
    _, _, _ = an_evening()
    festival = an_activity(Kind.FESTIVAL, 60, "Lysfestivalen")
    a_slot(festival, 60, tomorrow(10)), a_ticket_type(festival, 29000)
    slugs = dict(db.session.execute(select(Activity.kind, Activity.slug)).tuples().all())
    assert "Velg en dag" in words(visitor.get(f"/nb/whats-on/{slugs[Kind.FESTIVAL]}"))
    assert "Velg et tidspunkt" in words(visitor.get(f"/nb/whats-on/{slugs[Kind.LECTURE]}"))
