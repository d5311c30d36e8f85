"""“Our bus is late”: a teacher says so on the day, takes the plan that still fits, and desk and educator see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from booking.agreements.payers import find_schools
from booking.bookings.details import Contact
from booking.centre.facts import the_centre
from booking.centre.models import Centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.planner.planner import plan_visit
from booking.planner.wish import Group, VisitWish
from booking.programmes.offered import by_slug, programmes
from booking.running.check import breaches
from booking.staff.models import Role
from booking.visits.book import VisitOrder, book_visit
from booking.visits.days import load_days
from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.desks import inside, sign_in
from tests.browser.steps import new_address
from tests.builders import a_slot
from tests.support.axe import faults
from tests.support.house import House

LATE = timedelta(minutes=45)  # when the bus should have left: it may wait


@pytest.fixture
def morning(house: House) -> Iterator[House]:
    """The house, moved to where it is nine in the morning now: a school day lies ahead whenever the tests run."""
    east = 9 - clock.now().hour
    east += 24 if east < -11 else 0
    with inside(house), unit_of_work():
        before = db.session.scalars(select(Centre.timezone)).one()
        db.session.execute(update(Centre).values(timezone=f"Etc/GMT{-east:+d}"))
    yield house
    with inside(house), unit_of_work():
        db.session.execute(update(Centre).values(timezone=before))


def a_visit_today(house: House) -> tuple[str, datetime, datetime]:
    """A class that comes soon for bridges, which are held twice: its secret, its arrival, when the second begins."""
    with inside(house):
        now, offered, facts = clock.now(), programmes(), the_centre()
        bridges = by_slug(offered, "bruer")
        assert bridges is not None
        comes = now.replace(second=0, microsecond=0) + timedelta(minutes=20)
        first, second = (
            a_slot(bridges.activity_id, 30, at) for at in (comes + timedelta(minutes=15), comes + timedelta(minutes=60))
        )
        arrival, departure = facts.local(comes), facts.local(comes + timedelta(hours=4))
        (day,) = load_days([arrival.date()], arrival.time(), departure.time(), [bridges], facts, now, on_the_day=True)
        alone = replace(day, sessions=tuple(session for session in day.sessions if session.slot_id == first))
        plan = plan_visit(VisitWish((Group("6Q", 24, 2, 6),), (bridges.activity_id,), 0), alone).plans[0]
        who = Contact("Ola Nordmann", new_address(), "+4790000000")
        with unit_of_work():
            booked = book_visit(
                VisitOrder(plan, school=find_schools("lyngheia")[0], contact=who, lang="en"), centre=facts, now=now
            )
        begins = {session.slot_id: session.starts_at for session in day.sessions}
        return booked.secret, facts.local(plan.arrives_at), facts.local(begins[second])


def board(page: Page, house: House, role: Role) -> None:
    """The desk's board of today, as somebody with this role has it before them."""
    sign_in(page, house, role)
    page.goto("/staff/desk/")


@ON_SQLITE
def test_a_late_bus_gets_another_plan_and_desk_and_educator_see_it(open_page: Opener, morning: House) -> None:
    secret, comes, second = a_visit_today(morning)
    late = f"{comes + LATE:%H:%M}"
    desk, educator = (open_page(viewport=DESK, locale="en-GB") for _ in range(2))
    board(desk, morning, Role.DESK)
    group = desk.locator(".group", has_text="Lyngheia skole 6Q")
    expect(group).to_contain_text("26 expected")
    page = open_page(viewport=PHONE, locale="en-GB")
    page.goto(f"/en/visit/{secret}")
    page.get_by_label("We come at").fill("a quarter to")
    page.get_by_role("button", name="Tell the desk and see what fits").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the time as hours and minutes")
    page.get_by_label("We come at").fill(late)
    page.get_by_role("button", name="Tell the desk and see what fits").click()
    expect(page.get_by_role("heading", name="What still fits")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("6Q: no time for Bridges that hold")
    assert faults(page) == []
    desk.clock.fast_forward("00:10")
    expect(group).to_contain_text(f"Late: comes at {late}")
    expect(group).to_contain_text("begins before they come")
    page.locator("article", has_text="If the bus can wait until").get_by_role("button").click()
    expect(page.get_by_text("The new plan holds")).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"{second:%H:%M}")
    desk.clock.fast_forward("00:10")
    expect(group).to_contain_text("New plan since")
    expect(group).not_to_contain_text("begins before they come")
    board(educator, morning, Role.EDUCATOR)
    group = educator.locator(".group", has_text="Lyngheia skole 6Q")
    expect(group).to_contain_text(f"{second:%H:%M} Bridges that hold")
    expect(group).to_contain_text(f"Late: comes at {late}")
    with inside(morning):
        assert breaches() == []
