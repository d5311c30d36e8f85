"""Counts at the desk that are put right or undone, by one press or by two."""

from __future__ import annotations

import re

from booking.running.check import breaches
from tests.door.doors import admitted, party_code
from tests.web.browsing import Visitor, words
from tests.web.test_desk import a_party, desk

__all__ = ["desk"]


def test_a_party_counted_again_replaces_the_first_count(desk: Visitor) -> None:
    booking, slot, adult = a_party(3)
    first = desk.post("/staff/desk/scan", {"code": party_code(booking)}).get_data(as_text=True)
    mark = re.search(r"done=([0-9A-Z]{26})", first)
    assert mark
    page = desk.get(f"/staff/desk/booking/{booking}?done={mark[1]}&correct={mark[1]}").get_data(as_text=True)
    field = f"{slot}-{adult}"
    assert re.search(rf'name="c-{field}"[^>]* max="3" value="3"', page)
    assert "Enter how many more" not in page
    sent = {f"c-{field}": 2, f"s-{field}": 3}
    assert desk.post(f"/staff/desk/booking/{booking}/correct/{mark[1]}", sent).status_code == 303
    assert admitted(booking) == 2
    assert "corrected" in words(desk.get(f"/staff/desk/booking/{booking}"))
    stale = desk.post(f"/staff/desk/booking/{booking}/correct/{mark[1]}", sent | {f"c-{field}": 1})
    assert stale.status_code == 409
    assert "Somebody else has counted" in words(stale)
    assert breaches() == []


def test_a_count_put_right_by_two_presses_is_put_right_once(desk: Visitor) -> None:
    booking, slot, adult = a_party(3)
    first = desk.post("/staff/desk/scan", {"code": party_code(booking)}).get_data(as_text=True)
    mark = re.search(r"done=([0-9A-Z]{26})", first)
    assert mark
    sent = {f"c-{slot}-{adult}": 2, f"s-{slot}-{adult}": 3}
    pressed = [desk.post(f"/staff/desk/booking/{booking}/correct/{mark[1]}", sent) for _ in range(2)]
    assert {(answer.status_code, answer.location) for answer in pressed} == {(303, pressed[0].location)}
    assert admitted(booking) == 2
    assert breaches() == []


def test_an_admission_undone_by_two_presses_is_said_to_be_undone_already(desk: Visitor) -> None:
    booking = a_party(3)[0]
    first = desk.post("/staff/desk/scan", {"code": party_code(booking)}).get_data(as_text=True)
    mark = re.search(r"done=([0-9A-Z]{26})", first)
    assert mark
    undo = f"/staff/desk/check-in/{mark[1]}/undo"
    assert "Undone." in words(desk.get(desk.post(undo, {"reason": "Feil familie"}).location))
    again = desk.post(undo, {"reason": "Feil familie"})
    assert again.status_code == 303
    shown = words(desk.get(again.location))
    assert "Undone already." in shown
    assert "Undone. " not in shown
    assert admitted(booking) == 0


def test_an_admission_that_was_corrected_meanwhile_is_not_said_to_be_undone(desk: Visitor) -> None:
    booking, slot, adult = a_party(3)
    first = desk.post("/staff/desk/scan", {"code": party_code(booking)}).get_data(as_text=True)
    mark = re.search(r"done=([0-9A-Z]{26})", first)
    assert mark
    sent = {f"c-{slot}-{adult}": 2, f"s-{slot}-{adult}": 3}
    desk.post(f"/staff/desk/booking/{booking}/correct/{mark[1]}", sent)
    page = desk.get(desk.post(f"/staff/desk/check-in/{mark[1]}/undo", {"reason": "Feil familie"}).location)
    assert "That count was corrected before, so nothing was undone now." in words(page)
    assert admitted(booking) == 2


def test_a_count_that_is_refused_undoes_nothing(desk: Visitor) -> None:
    booking, slot, adult = a_party(3)
    first = desk.post("/staff/desk/scan", {"code": party_code(booking)}).get_data(as_text=True)
    mark = re.search(r"done=([0-9A-Z]{26})", first)
    assert mark
    sent = {f"c-{slot}-{adult}": 9, f"s-{slot}-{adult}": 3}
    page = desk.post(f"/staff/desk/booking/{booking}/correct/{mark[1]}", sent)
    assert page.status_code == 409
    assert 'value="9"' in page.get_data(as_text=True)
    assert admitted(booking) == 3
