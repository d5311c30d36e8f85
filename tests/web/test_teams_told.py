"""A contest of teams: fewer places than the smallest team takes are none, wherever it is told whether one can come."""

from __future__ import annotations

from flask import Flask

from booking.capacity.models import Slot
from booking.catalogue.models import Kind
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity, tomorrow
from tests.door.doors import soon
from tests.web.browsing import Visitor, words

TEAM = 10


def a_contest_of_teams() -> int:
    """A contest whose tickets are for ten each."""
    a_centre(few_left=5)
    contest = an_activity(Kind.CONTEST, title="Fjordbotcupen")
    a_ticket_type(contest, 0, "Lag", places=TEAM)
    return contest


def nearly_full(slot_id: int, left: int = 4) -> None:
    """So many places are left, for no team."""
    with unit_of_work():
        slot = db.session.get_one(Slot, slot_id)
        slot.capacity = left


def test_the_next_time_of_a_contest_is_one_that_a_team_can_have(app: Flask, visitor: Visitor) -> None:
    contest = a_contest_of_teams()
    nearly_full(a_slot(contest, 40, tomorrow(10, days=3)))
    a_slot(contest, 40, tomorrow(12, days=4))
    free = tomorrow(days=4)
    for page in ("/en/whats-on", "/en/"):
        told = words(visitor.get(page))
        assert "Fjordbotcupen" in told and f"{free.day} {free:%B}" in told, page
        assert f"{tomorrow(days=3).day} {tomorrow(days=3):%B}" not in told, page


def test_the_lobby_and_the_feed_say_full_where_no_team_has_room(app: Flask, visitor: Visitor) -> None:
    contest = a_contest_of_teams()
    starts_at = soon(30)
    slot = a_slot(contest, 24, starts_at)
    if starts_at.date() != clock.now().date():
        return  # half an hour before midnight it is tomorrow's
    assert "Room for 2 teams" in words(visitor.get("/en/today"))
    nearly_full(slot)
    assert "full" in words(visitor.get("/en/today"))
    assert visitor.client.get("/api/v1/today?lang=en").get_json()["times"][0]["standing"] == "full"


def test_who_waits_for_a_team_sees_which_times_are_full_for_a_team(app: Flask, visitor: Visitor) -> None:
    contest = a_contest_of_teams()
    full, free = a_slot(contest, 40, tomorrow(10)), a_slot(contest, 25, tomorrow(12))
    nearly_full(full)
    page = visitor.get(f"/en/waiting-list?slot={full}&party=2")
    text = page.get_data(as_text=True)
    assert "Room for 2 teams" in words(page) and "4 places" not in words(page)
    assert f'class="time full"><input type="checkbox" name="slot" value="{full}"' in text
    assert f'class="time full"><input type="checkbox" name="slot" value="{free}"' not in text


def test_a_time_that_no_team_can_have_is_not_offered_on_the_ticket_page(app: Flask, visitor: Visitor) -> None:
    contest = a_contest_of_teams()
    full, free = a_slot(contest, 40, tomorrow(10)), a_slot(contest, 25, tomorrow(12))
    nearly_full(full)
    page = visitor.get(f"/en/tickets?slot={full}")
    assert "no longer has room" in words(page)
    assert f"slot={free}" in page.get_data(as_text=True)
