"""Contests on the pages: the checkout asks for the team, the booking shows it, and it can be put right."""

from __future__ import annotations

import pytest
from flask import Flask

from booking.contests.models import AnswerKind
from booking.contests.read import entries_of
from tests.builders import a_hold, in_all
from tests.contests.entered import a_contest, a_field, entered, rows
from tests.contests.entered import a_team as team_of
from tests.web.browsing import WHO, Visitor, path_of, typed, words


def named(activity_id: int, name: str = "Rosk og Rask", *members: str, place: int = 0) -> dict[str, str]:
    """The names of a team as a browser sends them."""
    before = f"e{activity_id}-{place}-"
    people = {f"{before}m{row}-name": member for row, member in enumerate(members or ("Ada Moe", "Bo Vik"))}
    return {f"{before}name": name} | people


def test_the_checkout_asks_for_the_team_and_the_booking_has_it(app: Flask, visitor: Visitor) -> None:
    facts, slot, team = a_contest()
    school = a_field(facts.activity_id, label="Skole")
    held = a_hold(slot, team, 1)
    page = words(visitor.get(f"/nb/checkout/{held.secret}"))
    assert "Laget ditt" in page and "Skole" in page and "2 til 4 deltakere" in page
    sent = WHO | named(facts.activity_id) | {f"e{facts.activity_id}-0-f{school}": "Fjell skole"}
    answer = visitor.post(f"/nb/checkout/{held.secret}", sent)
    assert answer.status_code == 303, words(answer)
    (entry,) = entries_of(held.booking_id)
    assert (entry.name, entry.size) == ("Rosk og Rask", 2)
    page = words(visitor.get(path_of(answer.location)))
    assert "Rosk og Rask" in page and "Ada Moe" in page and "Fjell skole" in page


WRONG = [
    ({"name": ""}, "name", "Fyll ut dette"),
    ({"name": "L" * 300}, "name", "Høyst 120 tegn"),
    ({"name": "www.example.org"}, "name", "uten en adresse"),
    ({"number": "fire"}, "number", "et helt tall fra 1 til 3"),
    ({"number": "4"}, "number", "et helt tall fra 1 til 3"),
    ({"number": ""}, "number", "Fyll ut dette"),
    ({"shirt": "XXL"}, "shirt", "Velg en av disse"),
    ({"consent": ""}, "consent", "Vi trenger ja"),
    ({"m1-name": ""}, "m1-name", "minst 2 deltakere"),
    ({"m0-born": "2020"}, "m0-born", "minst 10 år"),
    ({"m0-born": "år to tusen"}, "m0-born", "et helt tall fra"),
]


@pytest.mark.parametrize(("changed", "part", "sentence"), WRONG)
def test_each_mistake_is_named_and_what_was_typed_is_kept(
    app: Flask, visitor: Visitor, changed: dict[str, str], part: str, sentence: str
) -> None:
    facts, slot, team = a_contest(asks_birth_year=True, least_age=10)
    fields = {
        "number": a_field(facts.activity_id, AnswerKind.NUMBER, "Pc-er", least=1, most=3),
        "shirt": a_field(facts.activity_id, AnswerKind.CHOICE, "Trøye", choices=in_all("S; M")),
        "consent": a_field(facts.activity_id, AnswerKind.YES, "En forelder har sagt ja"),
    }
    before = f"e{facts.activity_id}-0-"
    full = {
        "name": "Rosk & Rask 🤖", "number": "2", "shirt": "M", "consent": "yes", "m0-name": "Ada Moe",
        "m0-born": "2012",        "m1-name": "Bo Vik", "m1-born": "2013",
    } | changed  # fmt: skip
    if not full["m1-name"]:
        full["m1-born"] = ""
    parts = {f"{before}{'f' + str(fields[name]) if name in fields else name}": value for name, value in full.items()}
    held = a_hold(slot, team, 1)
    answer = visitor.post(f"/nb/checkout/{held.secret}", WHO | parts)
    assert answer.status_code == 422
    assert sentence in words(answer)
    for name in ("name", "m0-name", "m1-name", "m0-born"):
        assert typed(answer, f"{before}{name}") == full[name]
    assert rows() == []


def test_fifty_members_and_two_teams_of_one_name_are_told_so(app: Flask, visitor: Visitor) -> None:
    facts, slot, team = a_contest()
    held = a_hold(slot, team, 2)
    many = [f"Person {number}" for number in range(50)]
    sent = WHO | named(facts.activity_id, "Rask", *many) | named(facts.activity_id, "RASK", place=1)
    page = visitor.post(f"/nb/checkout/{held.secret}", sent)
    assert page.status_code == 422
    assert "høyst 4 deltakere" in words(page) and "To av lagene deres" in words(page)
    assert typed(page, f"e{facts.activity_id}-0-m49-name") == "Person 49"


def test_a_name_that_another_team_has_is_told_at_the_field(app: Flask, visitor: Visitor) -> None:
    facts, slot, team = a_contest()
    entered(slot, team, team_of())
    held = a_hold(slot, team, 1)
    page = visitor.post(f"/nb/checkout/{held.secret}", WHO | named(facts.activity_id, "rosk og rask"))
    assert page.status_code == 422
    assert "Et annet lag har allerede" in words(page)


def test_more_time_keeps_what_was_written(app: Flask, visitor: Visitor) -> None:
    facts, slot, team = a_contest()
    held = a_hold(slot, team, 1)
    sent = {"shown": "0", "name": "Kari"} | named(facts.activity_id, "Halvt lag", "Ada Moe")
    page = visitor.post(f"/nb/checkout/{held.secret}/renew", sent)
    assert page.status_code == 200
    assert typed(page, f"e{facts.activity_id}-0-name") == "Halvt lag"
    assert "Noe mangler" not in words(page)
