"""What was booked is closed: the visitor and the desk choose new times or the money, and those inside are named."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings import queries
from booking.bookings.models import State
from booking.capacity.models import SlotStatus
from booking.centre.facts import the_centre
from booking.centre.models import Centre
from booking.closures import close
from booking.closures.models import ClosedReason, Closure
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.models import Refund
from booking.running.check import breaches
from booking.staff.models import Role
from tests.builders import a_confirmed_booking, a_slot, a_ticket_type, an_activity, pay_for, taken, tomorrow
from tests.courses.enrolled import a_course
from tests.door.doors import let_in, soon
from tests.web.browsing import Visitor, words
from tests.web.test_capacity import NONSENSE, a_sold_slot, boss, facts, form, signed_in

__all__ = ["boss"]
IN_ENGLISH = {"Accept-Language": "en"}


def closed_booking(boss: Visitor, quantity: int = 2) -> tuple[int, int, str]:
    """A booking whose slot was cancelled: (slot, booking, secret)."""
    slot, _, booking = a_sold_slot(quantity)
    assert boss.post(f"/staff/capacity/slot/{slot}/cancel", form(slot, why="power")).status_code == 303
    facts = queries.by_id(booking)
    assert facts is not None
    return slot, booking, facts.secret


SAID = {"nb": "Taket lekker.", "nn": "", "en": "", "lv": "Jumts tek."}


def typed_words(**changed: str) -> dict[str, str]:
    return {f"words-{lang}": text for lang, text in (SAID | changed).items()}


def test_what_staff_write_when_they_cancel_a_time_is_read_in_the_readers_language(boss: Visitor) -> None:
    slot, _, booking = a_sold_slot()
    assert boss.post(f"/staff/capacity/slot/{slot}/cancel", form(slot, why="power", **typed_words())).status_code == 303
    about = queries.by_id(booking)
    assert about is not None
    for lang, written in SAID.items():
        page = words(boss.get(f"/{lang}/b/{about.secret}/closed"))
        assert (written or SAID["nb"]) in page, lang
        assert ("Jumts" in page) is (lang == "lv")


def test_closing_hours_carries_the_words_of_every_language_over_the_look_ahead(boss: Visitor) -> None:
    slot, _, booking = a_sold_slot()
    wish = {"date": f"{facts(slot).starts_at:%Y-%m-%d}", "why": "power"} | typed_words(en="The roof leaks.")
    ahead = boss.get(f"/staff/closures/new?{urlencode({'look': 1, **wish})}").get_data(as_text=True)
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z-]+)" value="([^"]*)">', ahead))
    assert {name: hidden[name] for name in wish} == wish
    assert boss.post("/staff/closures/new", {name: hidden[name] for name in wish}).status_code == 303
    about = queries.by_id(booking)
    assert about is not None
    assert "The roof leaks." in words(boss.get(f"/en/b/{about.secret}/closed"))
    assert "Jumts tek." in words(boss.get(f"/lv/b/{about.secret}/closed"))


@pytest.mark.parametrize("wrong", [{"why": "because"}, {"words-lv": "x" * 301}, {"version": "9"}])
def test_a_time_that_is_not_cancelled_keeps_the_words_that_were_typed(boss: Visitor, wrong: dict[str, str]) -> None:
    slot, _, _ = a_sold_slot()
    sent = form(slot, why="illness", **typed_words()) | wrong
    answer = boss.post(f"/staff/capacity/slot/{slot}/cancel", sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == (409 if "version" in wrong else 422)
    assert sent["words-nb"] in page and sent["words-lv"] in page
    assert "<details open><summary>Cancel it" in page
    assert ('value="illness" selected' in page) is ("why" not in wrong)
    assert facts(slot).status is SlotStatus.OPEN


def test_a_day_that_differs_tells_its_reason_in_the_readers_language(boss: Visitor) -> None:
    slot, _, booking = a_sold_slot()
    day = f"{facts(slot).starts_at:%Y-%m-%d}"
    reason = {"reason-nb": "Maling av salen", "reason-lv": "Zāles krāsošana"}
    sent = {"on_date": day, "opens": "", "closes": "", "sure": "y"} | reason
    assert boss.post("/staff/days/new", sent).status_code == 303
    about = queries.by_id(booking)
    assert about is not None
    for lang, text in {"nb": "Maling av salen", "nn": "Maling av salen", "lv": "Zāles krāsošana"}.items():
        assert text in words(boss.get(f"/{lang}/b/{about.secret}/closed"))
        assert text in words(boss.get(f"/{lang}/tickets?date={day}"))


def test_a_course_that_is_called_off_proposes_its_words_in_every_language(boss: Visitor) -> None:
    slot = a_course()
    page = boss.get(f"/staff/courses/{slot}").get_data(as_text=True)
    proposed = dict(re.findall(r'<textarea[^>]* name="(words-[a-z]+)"[^>]*>([^<]+)<', page))
    assert list(proposed) == [f"words-{lang}" for lang in the_centre().languages]
    assert proposed["words-en"] == "There were too few participants."
    assert len(set(proposed.values())) == len(proposed)
    assert boss.post(f"/staff/capacity/slot/{slot}/cancel", form(slot, why="other", **proposed)).status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Closure.words)).one() == {key[-2:]: text for key, text in proposed.items()}


def state(booking: int) -> State:
    db.session.rollback()
    facts = queries.by_id(booking)
    assert facts is not None
    return facts.state


def test_a_visitor_chooses_a_new_time(boss: Visitor) -> None:
    slot, booking, secret = closed_booking(boss)
    later = a_slot(facts(slot).activity_id or 0, 10, tomorrow(14))
    assert "what you have booked is closed" in words(boss.get(f"/en/b/{secret}"))
    page = boss.get(f"/en/b/{secret}/closed")
    assert "We must close because of a power cut." in words(page)
    for nonsense in NONSENSE:
        assert boss.post(f"/en/b/{secret}/closed/move", {"slot": nonsense}).status_code in (409, 422)
    assert boss.post(f"/en/b/{secret}/closed/move", {"slot": str(slot)}).status_code == 409
    answer = boss.post(f"/en/b/{secret}/closed/move", {"slot": str(later)})
    assert answer.status_code == 303
    assert "You have a new time. Nothing to pay." in words(boss.get(answer.location))
    assert (taken(slot), taken(later)) == (0, 2)
    assert boss.post(f"/en/b/{secret}/closed/move", {"slot": str(later)}).status_code == 303
    assert boss.get(f"/en/b/{secret}/closed").status_code == 303
    assert state(booking) is State.CONFIRMED
    assert breaches() == []


def test_a_visitor_takes_the_money_and_never_by_the_ordinary_rules(boss: Visitor) -> None:
    _, booking, secret = closed_booking(boss)
    for page in ("change", "cancel"):
        assert boss.get(f"/en/b/{secret}/{page}").location.endswith("/closed")
        assert boss.post(f"/en/b/{secret}/{page}").location.endswith("/closed")
    assert state(booking) is State.CONFIRMED
    pay_for(booking, 42000)
    assert "Cancel, NOK 420 back" in words(boss.get(f"/en/b/{secret}/closed")).replace("\xa0", " ")
    assert boss.post(f"/en/b/{secret}/closed/refund", {"what": "part"}).status_code == 422
    for _twice in range(2):
        assert boss.post(f"/en/b/{secret}/closed/refund", {"what": "all"}).status_code == 303
    assert state(booking) is State.CANCELLED
    assert breaches() == []


def test_a_booking_that_is_not_closed_has_no_such_page(boss: Visitor) -> None:
    _, _, booking = a_sold_slot()
    facts = queries.by_id(booking)
    assert facts is not None
    assert boss.get(f"/en/b/{facts.secret}/closed").status_code == 303
    assert boss.post(f"/en/b/{facts.secret}/closed/refund", {"what": "all"}).status_code == 303
    assert state(booking) is State.CONFIRMED


def test_the_desk_gives_a_closed_booking_a_new_time_free_of_charge(app: Flask, boss: Visitor) -> None:
    slot, booking, _ = closed_booking(boss)
    later = a_slot(facts(slot).activity_id or 0, 10, tomorrow(14))
    with app.app_context():
        desk = signed_in(Visitor(app.test_client()), Role.DESK)
    assert "What they have booked is closed." in words(desk.get(f"/staff/desk/booking/{booking}", **IN_ENGLISH))
    there = desk.get(f"/staff/desk/booking/{booking}/change").location
    assert "this is what they may choose" in words(desk.get(there, **IN_ENGLISH))
    for nonsense in NONSENSE:
        assert desk.post(f"{there}/move", {"slot": nonsense}).status_code in (409, 422)
    assert desk.post(f"{there}/move", {"slot": str(later)}).status_code == 303
    assert (taken(slot), taken(later)) == (0, 2)
    assert desk.get(there).status_code == 303


def test_the_desk_pays_all_back_of_what_we_closed_however_late_it_is(boss: Visitor) -> None:
    with unit_of_work():
        db.session.execute(update(Centre).values(refund_until_hours=24 * 30, late_refund_percent=0))
    _, booking, _ = closed_booking(boss)
    pay_for(booking, 42000)
    page = words(boss.get(f"/staff/desk/booking/{booking}", **IN_ENGLISH)).replace("\xa0", " ")
    assert "We have closed, so all of it is paid back: NOK 420." in page
    assert boss.post(f"/staff/desk/booking/{booking}/cancel", {"refund": "rule"}).status_code == 303
    assert db.session.scalars(select(Refund.amount)).all() == [42000]
    assert breaches() == []


def test_who_is_inside_when_it_closes_is_named(boss: Visitor) -> None:
    activity = an_activity(title="Inngang")
    slot, adult = a_slot(activity, 10, soon(), opens_at=None), a_ticket_type(activity)
    party, outside = a_confirmed_booking(slot, adult, 2), a_confirmed_booking(slot, adult, 1, name="Ola Ute")
    let_in(party.booking_id, {(slot, adult): 2})
    wish = close.ClosureRequest(soon(0), soon(60), ClosedReason.POWER)
    with unit_of_work():
        closure = close.close_down(wish, now=clock.now(), account_id=None, actor="account:1")
    page = words(boss.get(f"/staff/closures/{closure}", **IN_ENGLISH))
    inside = page[page.index("In the house when it closes") : page.index("Groups, to be called first")]
    assert "2 people have come in" in inside
    assert ("Kari Nordmann" in inside, "Ola Ute" in inside) == (True, False)
    assert outside.booking_id


def test_the_desk_looks_and_calls_but_changes_nothing(app: Flask, boss: Visitor) -> None:
    slot, booking, _ = closed_booking(boss)
    with app.app_context():
        desk = signed_in(Visitor(app.test_client()), Role.DESK)
    page = desk.get(f"/staff/capacity/slot/{slot}")
    assert page.status_code == 200
    assert "/cancel" not in page.get_data(as_text=True)
    for address in (f"/staff/capacity/slot/{slot}", f"/staff/capacity/slot/{slot}/move", "/staff/closures/new"):
        assert desk.post(address, form(slot)).status_code == 403
    assert desk.post(f"/staff/closures/1/called/{booking}").status_code == 303
    for number in ("0", "999999", "9" * 19, str(10**18)):
        assert desk.post(f"/staff/closures/1/called/{number}").status_code == 404
        assert desk.get(f"/staff/closures/{number}").status_code == 404
        assert desk.get(f"/staff/capacity/slot/{number}").status_code == 404


def test_who_is_inside_and_who_would_be_hit_is_named_before_one_presses(boss: Visitor) -> None:
    activity = an_activity(title="Inngang")
    slot, adult = a_slot(activity, 10, soon(), opens_at=None), a_ticket_type(activity)
    party = a_confirmed_booking(slot, adult, 2)
    a_confirmed_booking(slot, adult, 1, name="Ola Ute")
    let_in(party.booking_id, {(slot, adult): 2})
    today = the_centre().local(clock.now()).date()
    page = words(boss.get(f"/staff/closures/new?look=1&date={today}&why=power", **IN_ENGLISH))
    assert "2 inside now" in page
    inside = page[page.index("In the house when it closes") : page.index("Who they are")]
    assert ("Kari Nordmann" in inside, "Ola Ute" in inside) == (True, False)
    assert "Ola Ute" in page
    db.session.rollback()
    assert facts(slot).status == "open"
