"""Setting up an empty house: the first form guesses, the list says what is missing, and stays in reach."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from booking.catalogue.models import Activity
from booking.kernel.database import db
from booking.staff.models import Role
from booking.web.admin.set_up.guessing import usual
from tests.builders import a_centre, a_sale, a_space
from tests.web.browsing import words
from tests.web.staffing import Colleague, a_colleague


@pytest.fixture
def boss(app: Flask) -> Colleague:
    return a_colleague(app, Role.ADMIN, "boss@example.org")


@pytest.mark.parametrize(
    ("country", "accepted", "expected"),
    [
        (None, ["lv", "en"], ("LV", "EUR", "Europe/Riga", ["lv", "en"])),
        (None, ["nn-NO", "nb"], ("NO", "NOK", "Europe/Oslo", ["nb", "nn", "en"])),
        (None, ["no"], ("NO", "NOK", "Europe/Oslo", ["nb", "nn", "en"])),
        (None, ["en-GB", "en"], ("GB", "GBP", "Europe/London", ["en"])),
        (None, ["sv-SE", "nb"], ("SE", "SEK", "Europe/Stockholm", ["nb", "en"])),
        ("LV", ["nb"], ("LV", "EUR", "Europe/Riga", ["lv", "en"])),
        ("XX", ["lv"], ("LV", "EUR", "Europe/Riga", ["lv", "en"])),
    ],
)
def test_a_country_or_a_browser_says_what_is_usual(
    country: str | None, accepted: list[str], expected: tuple[str, str, str, list[str]]
) -> None:
    guess = usual(country, accepted)
    assert (guess["country"], guess["currency"], guess["timezone"], guess["languages"]) == expected


@pytest.mark.parametrize("accepted", [[], ["en"], ["*"], ["x" * 5000], ["-"], ["tlh"], ["en-\x00\x00"]])
def test_what_says_nothing_is_no_guess(accepted: list[str]) -> None:
    assert usual(None, accepted) == {}


def chosen(page: str, name: str) -> str:
    """The value of a choice in a page."""
    options = page.split(f'name="{name}"')[1].split("</select>")[0]
    return options.split(" selected")[0].rsplit('value="', 1)[1].split('"')[0]


def test_the_first_form_is_filled_by_the_browser_or_the_country(boss: Colleague) -> None:
    page = boss.browser.get("/staff/settings", Accept_Language="lv").get_data(as_text=True)
    assert chosen(page, "currency") == "EUR"
    assert chosen(page, "timezone") == "Europe/Riga"
    page = boss.browser.get("/staff/settings?country=GB", Accept_Language="lv").get_data(as_text=True)
    assert (chosen(page, "currency"), chosen(page, "timezone")) == ("GBP", "Europe/London")
    assert boss.get("/staff/settings?country=%00&country=1").status_code == 200


def test_the_list_stays_in_reach_of_the_start_page_until_something_can_be_bought(boss: Colleague) -> None:
    a_centre()
    a_space(400, is_house=True)
    start = boss.get("/staff/")
    assert "Nothing can be bought yet." in words(start) and "1 of 7 steps are done." in words(start)
    assert "/staff/set-up" in start.get_data(as_text=True)
    assert "Nothing can be bought yet" in words(boss.get("/staff/set-up"))
    a_sale()
    with_room = db.session.scalars(select(Activity)).one()
    with_room.space_id, with_room.stay_minutes = a_space(100), 120
    db.session.commit()
    assert "Nothing can be bought yet" not in words(boss.get("/staff/"))
    assert "Tickets can be bought." in words(boss.get("/staff/set-up"))


def test_entry_asks_for_a_room_and_stays_two_hours_unless_it_says_otherwise(boss: Colleague) -> None:
    a_centre()
    hall = a_space(250)
    boss.get("/staff/activities/new")
    form = {"title-nb": "Inngang", "kind": "admission", "minutes": "30", "turnaround_minutes": "0", "capacity": "80"}
    form |= {"sort": "0", "active": "y"}
    answer = boss.browser.post("/staff/activities/new", form)
    assert answer.status_code == 422
    assert "Choose the room that people enter" in words(answer)
    nobody = boss.browser.post("/staff/activities/new", form | {"space_id": str(hall), "stay_minutes": "0"})
    assert "Enter how long people stay" in words(nobody)
    assert boss.browser.post("/staff/activities/new", form | {"space_id": str(hall)}).status_code == 303
    show = form | {"title-nb": "Show", "kind": "show"}
    assert boss.browser.post("/staff/activities/new", show).status_code == 303
    db.session.rollback()
    assert list(db.session.scalars(select(Activity.stay_minutes).order_by(Activity.id))) == [120, 0]
