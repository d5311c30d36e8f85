"""The capacity view, the slot's page and closures without scripting, and with what nobody should send."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.capacity.models import Slot, SlotStatus
from booking.capacity.planning import Staffing
from booking.catalogue.models import Kind
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.occupancy.days import add, days_in_sum
from booking.occupancy.overview import Only
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.staff.models import Role
from booking.staff.sessions import add_account, new_link
from tests.builders import (
    a_centre,
    a_confirmed_booking,
    a_hold,
    a_slot,
    a_space,
    a_stretch,
    a_ticket_type,
    an_activity,
    taken,
    tomorrow,
)
from tests.web.browsing import Values, Visitor, statements, typed, words

UTC_ZONE = ZoneInfo("UTC")
IN_ENGLISH = {"Accept-Language": "en"}
NONSENSE = ["", " ", "-1", "1.5", "x", "٢", "1_0", "9" * 30, "\x00", "<b>", "1e9"]


@pytest.fixture
def boss(app: Flask, visitor: Visitor) -> Visitor:
    """An administrator who reads English."""
    a_centre()
    return signed_in(visitor, Role.ADMIN)


def signed_in(visitor: Visitor, role: Role, email: str = "") -> Visitor:
    now = clock.now()
    with unit_of_work():
        link = f"/staff/enter/{new_link(add_account(email or f'{role}@example.org', 'Ada', role, now), now)}"
    visitor.get(link)
    assert visitor.post(link).status_code == 303
    return visitor


def a_sold_slot(quantity: int = 2, capacity: int = 10) -> tuple[int, int, int]:
    """An entry with a booking: (slot, ticket type, booking)."""
    activity = an_activity(title="Inngang")
    slot, adult = a_slot(activity, capacity), a_ticket_type(activity)
    return slot, adult, a_confirmed_booking(slot, adult, quantity).booking_id


def day_of(slot: int) -> str:
    db.session.rollback()
    return str(db.session.scalars(select(Slot.starts_at).where(Slot.id == slot)).one().date())


def form(slot: int, **changed: str) -> dict[str, str]:
    db.session.rollback()
    version = db.session.scalars(select(Slot.version).where(Slot.id == slot)).one()
    return {"version": str(version), "capacity": "10", "kept": "0", "note": ""} | changed


def facts(slot: int) -> Slot:
    db.session.rollback()
    return db.session.get_one(Slot, slot, populate_existing=True)


def test_a_day_shows_what_is_sold_held_and_free(boss: Visitor) -> None:
    slot, adult, _ = a_sold_slot(3)
    a_hold(slot, adult, 2)
    page = boss.get(f"/staff/capacity?date={day_of(slot)}")
    assert page.status_code == 200
    assert "3 sold, 2 in baskets, 0 kept for schools, 5 of 10 available" in page.get_data(as_text=True)
    assert not re.search(r" style=|<script(?![^>]*\bsrc=)", page.get_data(as_text=True))


def test_week_and_month_say_how_full_it_is(boss: Visitor) -> None:
    slot, _, _ = a_sold_slot(5)
    for view in ("week", "month"):
        page = boss.get(f"/staff/capacity?view={view}&date={day_of(slot)}")
        assert page.status_code == 200
        assert "50% 5/10" in words(page)


def test_the_filter_stays_in_the_address(boss: Visitor) -> None:
    slot, _, _ = a_sold_slot()
    lab = a_space()
    workshop = an_activity(Kind.WORKSHOP, title="Verksted")
    a_slot(workshop, 10, tomorrow(12), space_id=lab)
    page = boss.get(f"/staff/capacity?date={day_of(slot)}&activity={workshop}&space={lab}")
    assert "Inngang" not in re.sub(r"(?s)<option.*?</option>", "", page.get_data(as_text=True))
    assert f"activity={workshop}" in page.get_data(as_text=True).split('aria-label="Other days"')[1]


def test_clashes_and_too_few_educators_are_marked(boss: Visitor) -> None:
    lab = a_space()
    for title, minute in (("A", 0), ("B", 15)):
        a_slot(an_activity(Kind.WORKSHOP, title=title), 10, tomorrow(12, minute), space_id=lab)
    page = boss.get(f"/staff/capacity?date={tomorrow().date()}")
    assert "Two in one room at the same time: 12:00 A , 12:15 B" in words(page)


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_the_address_shows_today(boss: Visitor, nonsense: str) -> None:
    for name in ("date", "view", "activity", "space"):
        for view in ("day", "week", "month"):
            query = {"view": view} | {name: nonsense}
            with boss.client.application.app_context():
                assert boss.client.get("/staff/capacity", query_string=query).status_code == 200


@pytest.mark.parametrize("date", ["2000-01-01", "2099-12-31", "2099-12-01", "2028-02-29", "2027-02-29", "0000-00-00"])
@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_the_edges_of_time_can_be_looked_at(boss: Visitor, view: str, date: str) -> None:
    assert boss.get(f"/staff/capacity?view={view}&date={date}").status_code == 200


def test_every_view_takes_a_fixed_number_of_statements(boss: Visitor) -> None:
    slot, adult, _ = a_sold_slot()
    counts = {}
    for round_ in range(2):
        for view in ("day", "week", "month"):
            with statements() as seen:
                boss.get(f"/staff/capacity?view={view}&date={day_of(slot)}")
            counts[view, round_] = len(seen)
        with statements() as seen:
            boss.get(f"/staff/capacity/slot/{slot}")
        counts["slot", round_] = len(seen)
        for n in range(5):
            activity = an_activity(title=f"Mer {round_}{n}")
            more, kind = a_slot(activity, 10, tomorrow(12, n)), a_ticket_type(activity)
            a_confirmed_booking(more, kind, 1)
            a_hold(more, kind, 1)
        a_confirmed_booking(slot, adult, 1)
    for view in ("day", "week", "month", "slot"):
        assert counts[view, 0] == counts[view, 1], view
    assert counts["day", 0] <= 14
    assert max(counts["week", 0], counts["month", 0]) <= 12


def test_a_slot_is_changed_and_the_desk_sees_the_note(boss: Visitor) -> None:
    slot, _, _ = a_sold_slot()
    boss.get(f"/staff/capacity/slot/{slot}")
    answer = boss.post(f"/staff/capacity/slot/{slot}", form(slot, capacity="12", note="Heisen står"))
    assert answer.status_code == 303
    assert (facts(slot).capacity, facts(slot).note, facts(slot).version) == (12, "Heisen står", 2)
    assert "Saved." in words(boss.get(f"/staff/capacity/slot/{slot}"))


@pytest.mark.parametrize("capacity", [*NONSENSE, "10000"])
def test_a_capacity_that_is_none_is_refused_and_kept(boss: Visitor, capacity: str) -> None:
    slot, _, _ = a_sold_slot()
    answer = boss.post(f"/staff/capacity/slot/{slot}", form(slot, capacity=capacity, note="Husk nøkkelen"))
    assert answer.status_code == 422
    assert typed(answer, "note") == "Husk nøkkelen"
    assert facts(slot).capacity == 10


@pytest.mark.parametrize(
    "wrong",
    [{"kept": "11"}, {"kept": "x"}, {"kept": "5"}, {"kept": "5", "release_day": "2026-13-01"}, {"note": "x" * 501}],
)
def test_what_does_not_go_together_is_refused(boss: Visitor, wrong: dict[str, str]) -> None:
    slot, _, _ = a_sold_slot()
    assert boss.post(f"/staff/capacity/slot/{slot}", form(slot, **wrong)).status_code == 422
    assert facts(slot).version == 1


def test_fewer_than_sold_says_who_must_move_and_moves_them(boss: Visitor) -> None:
    slot, adult, first = a_sold_slot(4)
    late = a_confirmed_booking(slot, adult, 3, name="Sein Kunde").booking_id
    other = a_slot(facts(slot).activity_id or 0, 10, tomorrow(14))
    answer = boss.post(f"/staff/capacity/slot/{slot}", form(slot, capacity="4"))
    assert answer.status_code == 409
    assert "To have 4 places, 1 booking must move" in words(answer)
    page = answer.get_data(as_text=True)
    assert re.search(rf'value="{late}"[^>]* checked', page)
    assert not re.search(rf'value="{first}"[^>]* checked', page)
    assert typed(answer, "capacity") == "4"
    sent: Values = {"booking": [str(late)], "target": str(other)}
    assert boss.post(f"/staff/capacity/slot/{slot}/move", sent).status_code == 303
    assert (taken(slot), taken(other)) == (4, 3)
    assert boss.post(f"/staff/capacity/slot/{slot}", form(slot, capacity="4")).status_code == 303
    assert breaches() == []


def test_moving_nonsense_moves_nobody(boss: Visitor) -> None:
    slot, _, booking = a_sold_slot()
    elsewhere, _, stranger = a_sold_slot()
    half = {"booking": str(booking)}
    for wrong in ({}, {"booking": "x"}, half, half | {"target": str(elsewhere)}):
        assert boss.post(f"/staff/capacity/slot/{slot}/move", wrong).status_code == 422
    later = a_slot(facts(slot).activity_id or 0, 10, tomorrow(14))
    sent: Values = {"booking": [str(stranger), "9" * 18], "target": str(later)}
    assert boss.post(f"/staff/capacity/slot/{slot}/move", sent).status_code == 409
    assert taken(later) == 0


def test_the_second_administrator_is_told_what_changed_and_keeps_what_they_typed(boss: Visitor, app: Flask) -> None:
    slot, _, _ = a_sold_slot()
    mine = form(slot, capacity="15", note="Min merknad")
    with app.app_context():
        other = signed_in(Visitor(app.test_client()), Role.ADMIN, "boss@example.org")
        assert other.post(f"/staff/capacity/slot/{slot}", form(slot, capacity="20")).status_code == 303
    answer = boss.post(f"/staff/capacity/slot/{slot}", mine)
    assert answer.status_code == 409
    assert "Somebody else changed this slot meanwhile" in words(answer)
    assert "places 20 (before 10)" in words(answer)
    assert (typed(answer, "capacity"), typed(answer, "note")) == ("15", "Min merknad")
    assert facts(slot).capacity == 20
    again = re.findall(r'name="version" value="(\d+)"', answer.get_data(as_text=True))
    assert set(again) == {"2"}
    assert boss.post(f"/staff/capacity/slot/{slot}", mine | {"version": "2"}).status_code == 303
    assert facts(slot).capacity == 15


def test_close_open_release(boss: Visitor) -> None:
    slot, _, _ = a_sold_slot()
    kept = form(slot, kept="5", release_day="2099-01-01", release_time="09:00")
    assert boss.post(f"/staff/capacity/slot/{slot}", kept).status_code == 303
    assert boss.post(f"/staff/capacity/slot/{slot}/release", form(slot)).status_code == 303
    assert (facts(slot).release_at or clock.now()) <= clock.now()
    for status in ("closed", "open"):
        assert boss.post(f"/staff/capacity/slot/{slot}/status", form(slot, status=status)).status_code == 303
        assert facts(slot).status == status
    for status in ("cancelled", "", "x"):
        assert boss.post(f"/staff/capacity/slot/{slot}/status", form(slot, status=status)).status_code == 422
    old = {"version": "1", "status": "closed"}
    assert boss.post(f"/staff/capacity/slot/{slot}/status", old).status_code == 409


def test_cancelling_a_slot_lists_everybody(boss: Visitor) -> None:
    slot, _, _ = a_sold_slot()
    assert boss.post(f"/staff/capacity/slot/{slot}/cancel", form(slot, why="x")).status_code == 422
    assert boss.post(f"/staff/capacity/slot/{slot}/cancel", form(slot, why="illness", version="9")).status_code == 409
    why = {"why": "illness", "words-nb": "Ada er syk"}
    answer = boss.post(f"/staff/capacity/slot/{slot}/cancel", form(slot, **why))
    assert answer.status_code == 303
    page = words(boss.get(answer.location))
    assert "Kari Nordmann" in page
    assert "Ada er syk" in page
    assert facts(slot).status is SlotStatus.CANCELLED
    assert "It was cancelled by a closure" in words(boss.get(f"/staff/capacity/slot/{slot}"))
    assert boss.post(f"/staff/capacity/slot/{slot}/cancel", form(slot, why="illness")).status_code == 409


def test_a_day_is_closed_after_a_look_ahead_and_opened_again(boss: Visitor) -> None:
    slot, _, booking = a_sold_slot()
    wish = {"date": day_of(slot), "why": "weather", "words-nb": "Storm"}
    ahead = boss.get(f"/staff/closures/new?look=1&date={day_of(slot)}&why=weather")
    assert "1 bookings" in words(ahead)
    assert facts(slot).status is SlotStatus.OPEN
    closure = boss.post("/staff/closures/new", wish)
    assert closure.status_code == 303
    assert "Everybody else" in words(boss.get(closure.location))
    assert "Kari Nordmann" in words(boss.get(f"{closure.location}/calls"))
    called = f"{closure.location}/called/{booking}"
    assert boss.post(called).status_code == 303
    assert "Not reached after all" in words(boss.get(closure.location))
    assert boss.post("/staff/closures/new", wish).status_code == 409
    assert boss.post(f"{closure.location}/reopen").status_code == 303
    assert facts(slot).status is SlotStatus.OPEN
    assert boss.post(f"{closure.location}/reopen").status_code == 303
    again = words(boss.get(closure.location))
    assert "Need not answer any more" in again and "Not heard from" not in again and "Pay back" not in again
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert {"closure.close", "closure.called", "closure.reopen"} <= set(actions)


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": ""},
        {"date": "2027-02-30"},
        {"date": "\x00"},
        {"last": "1999-01-01"},
        {"last": "2099-01-01"},
        {"from": "10:00"},
        {"from": "12:00", "until": "10:00"},
        {"from": "٢٢:00", "until": "23:00"},
        {"why": "because"},
        {"why": ""},
        {"space": "9" * 30},
        {"activity": "x"},
        {"words-nb": "x" * 301},
        {"words-lv": "x" * 301},
    ],
)
def test_a_closing_that_makes_no_sense_closes_nothing_and_keeps_what_was_typed(
    boss: Visitor, wrong: dict[str, str]
) -> None:
    slot, _, _ = a_sold_slot()
    typed = {"words-nb": "Mørkt", "words-lv": "Tumšs"}
    answer = boss.post("/staff/closures/new", {"date": day_of(slot), "why": "power"} | typed | wrong)
    assert answer.status_code == 422
    assert facts(slot).status is SlotStatus.OPEN
    for name, text in typed.items():
        assert wrong.get(name, text) in answer.get_data(as_text=True)


def test_hours_of_a_day_leave_the_rest_open(boss: Visitor) -> None:
    slot, _, _ = a_sold_slot()
    later = a_slot(facts(slot).activity_id or 0, 10, tomorrow(10) + timedelta(hours=4))
    sent = {"date": day_of(slot), "from": "09:00", "until": "12:00", "why": "power"}
    assert boss.post("/staff/closures/new", sent).status_code == 303
    assert (facts(slot).status, facts(later).status) == (SlotStatus.CANCELLED, SlotStatus.OPEN)


def test_week_and_month_show_what_the_day_shows(boss: Visitor) -> None:
    slot, adult, _ = a_sold_slot(3)
    a_hold(slot, adult, 2)
    for view in ("week", "month"):
        page = boss.get(f"/staff/capacity?view={view}&date={day_of(slot)}")
        assert "3 sold, 2 in baskets, 0 kept for schools, 5 of 10 available" in page.get_data(as_text=True)
        assert re.search(r"All 3 2 0 5 0 10 0", words(page))


def test_a_day_with_a_clash_is_marked_in_week_and_month(boss: Visitor) -> None:
    lab = a_space()
    for title, minute in (("A", 0), ("B", 15)):
        a_slot(an_activity(Kind.WORKSHOP, title=title), 10, tomorrow(12, minute), space_id=lab)
    for view in ("week", "month"):
        page = boss.get(f"/staff/capacity?view={view}&date={tomorrow().date()}")
        assert "Two in one room at the same time:" in words(page)
        assert "0 sold, 0 in baskets, 0 kept for schools, 20 of 20 available, Clash of rooms" in page.get_data(
            as_text=True
        )


def test_a_cancelled_time_counts_nowhere_and_is_said(boss: Visitor) -> None:
    slot, _, _ = a_sold_slot(5)
    other = a_slot(an_activity(title="Annet"), 10, tomorrow(12))
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot).values(status=SlotStatus.CANCELLED))
    for view in ("week", "month"):
        shown = words(boss.get(f"/staff/capacity?view={view}&date={day_of(slot)}"))
        assert "0% 0/10" in shown and "5/20" not in shown
        assert "1 time cancelled (5 people)" in shown
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == other).values(status=SlotStatus.CANCELLED))
    shown = words(boss.get(f"/staff/capacity?view=month&date={day_of(slot)}"))
    assert f"{tomorrow().day} Cancelled" in shown
    assert "0 of 0 places are taken this month" in shown
    assert "2 times cancelled" in words(boss.get(f"/staff/capacity?view=week&date={day_of(slot)}"))


def test_the_month_has_the_colour_of_entry_and_says_sold_out(boss: Visitor) -> None:
    show = an_activity(Kind.SHOW, title="Vitenshow")
    full = a_slot(show, 2, tomorrow(12))
    entry = an_activity(title="Inngang")
    slot, adult = a_slot(entry, 10), a_ticket_type(entry)
    a_confirmed_booking(full, a_ticket_type(show), 2)
    address = f"/staff/capacity?view=month&date={day_of(slot)}"
    assert 'class="heat heat-1"' in boss.get(address).get_data(as_text=True)
    assert "0% 0/10 10 available" in words(boss.get(address))
    a_confirmed_booking(slot, adult, 10)
    page = boss.get(address)
    assert 'class="heat heat-6"' in page.get_data(as_text=True)
    assert f"{tomorrow().day} Sold out 10/10" in words(page)


def test_the_figures_of_days_and_spaces_add_up_also_where_the_house_is_the_limit(boss: Visitor) -> None:
    house = a_space(12)
    stretch = a_stretch(house, tomorrow(10), 12)
    entry, other = an_activity(title="Inngang"), an_activity(Kind.EVENT, title="Fest")
    slot = a_slot(entry, 10, tomorrow(10), [stretch])
    a_slot(other, 50, tomorrow(10), [stretch], kept=5, release_at=tomorrow(9))
    shut = a_slot(entry, 30, tomorrow(11))
    a_confirmed_booking(slot, a_ticket_type(entry), 4)
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == shut).values(status=SlotStatus.CLOSED))
    start = tomorrow(0)
    (first, *others) = days_in_sum([(start, start + timedelta(days=1))], Only(), Staffing(UTC_ZONE), clock.now())
    every = add([first.sum, *(day.sum for day in others)])
    assert (every.sold, every.free, every.kept, every.capacity) == (4, 6 + 8, 5, 90)
    assert every.sold + every.held + every.kept + every.free + every.blocked == every.capacity
    shown = words(boss.get(f"/staff/capacity?view=month&date={day_of(slot)}"))
    assert "that nobody can have" in shown
    assert not every.sold_out
