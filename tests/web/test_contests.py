"""Contests on the pages: the checkout asks for the team, the booking shows it, and it can be put right."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from booking.bookings.basket import Pick
from booking.bookings.hold import hold
from booking.bookings.models import Ticket
from booking.catalogue.models import TicketType
from booking.centre.facts import the_centre
from booking.contests import take_out
from booking.contests.models import AnswerKind
from booking.contests.read import entries_of
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail.sending import list_files, read_file
from booking.running.worker import run_once
from booking.settings import settings_of
from booking.staff.models import Role
from tests.builders import a_confirmed_booking, a_hold, a_slot, a_ticket_type, in_all, tomorrow
from tests.contests.entered import a_contest, a_field, an_entry_beside, contest, entered, entered_with, rows, send
from tests.contests.entered import a_team as team_of
from tests.web.browsing import WHO, Visitor, hidden, path_of, typed, words
from tests.web.staffing import a_colleague


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
    ({"consent": ""}, "consent", "Samtykke trengs"),
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


def test_whoever_booked_puts_the_team_right_and_withdraws_one_of_two(app: Flask, visitor: Visitor) -> None:
    facts, slot, team = a_contest()
    held = entered(slot, team, team_of(), team_of("Rusk"))
    first, second = rows()
    page = f"/nb/b/{held.secret}/entries/{first.id}"
    assert typed(visitor.get(page), f"e{facts.activity_id}-0-m1-name") == "Bo Vik"
    answer = visitor.post(page, {"version": "1"} | named(facts.activity_id, "RUSK"))
    assert (answer.status_code, "Et annet lag har allerede" in words(answer)) == (422, True)
    answer = visitor.post(page, {"version": "1"} | named(facts.activity_id, "Rask", "Ada Moe", "Cia Lie", "Dag Ruud"))
    assert answer.status_code == 303
    assert [entry.name for entry in rows()] == ["Rask", "Rusk"]
    assert [member.name for member in entries_of(held.booking_id)[0].members] == ["Ada Moe", "Cia Lie", "Dag Ruud"]
    assert visitor.post(page, {"version": "1"} | named(facts.activity_id, "Rosk")).status_code == 409
    assert visitor.post(f"{page}/withdraw", {"shown": 0}).status_code == 303
    assert [entry.name for entry in rows()] == ["Rusk"]
    assert "Rask har trukket seg" in words(visitor.get(f"/nb/b/{held.secret}"))
    answer = visitor.post(f"/nb/b/{held.secret}/entries/{second.id}/withdraw", {"shown": 0})
    assert answer.location.endswith(f"/b/{held.secret}/cancel")  # the only one goes with the booking


def test_who_cannot_withdraw_by_themselves_is_told_why_before_they_try(app: Flask, visitor: Visitor) -> None:
    _facts, slot, team = a_contest()
    held = entered_with(slot, team, an_entry_beside(), team_of())
    page = f"/nb/b/{held.secret}/entries/{rows()[0].id}"
    assert "Trekk Rosk og Rask" in words(visitor.get(page))
    with time_machine.travel(tomorrow(days=40) - timedelta(hours=1), tick=False):
        late = words(visitor.get(page))
        assert "Dette var mulig fram til" in late
        assert "Trekk Rosk og Rask" not in late and "Avbestill" not in late
        assert visitor.post(f"{page}/withdraw", {"shown": 0}).status_code == 409
    with unit_of_work():
        db.session.execute(update(Ticket).where(Ticket.slot_id != slot).values(admitted=1))
    used = words(visitor.get(page))
    assert "Noen er allerede sluppet inn" in used and "Trekk Rosk og Rask" not in used


def test_a_team_without_which_another_may_not_come_is_not_withdrawn_alone_and_nobody_is_told_to_cancel_all(
    app: Flask, visitor: Visitor
) -> None:
    facts, slot, team = a_contest()
    more = Pick(slot, a_ticket_type(facts.activity_id, 0, "One more team of a school", goes_with_id=team), 1)
    with unit_of_work():
        held = hold([Pick(slot, team, 1), more], centre=the_centre(), now=clock.now(), lang="nb")
    send(held, slot, team_of(), team_of("Tvist", ("Ea", "Fa")))
    first, second = (words(visitor.get(f"/nb/b/{held.secret}/entries/{row.id}")) for row in rows())
    assert "Her kan ikke bare denne påmeldingen trekkes" in first and "Avbestill" not in first
    assert "Trekk Tvist" in second


def test_a_booking_of_the_desk_asks_for_the_team_that_is_missing(app: Flask, visitor: Visitor) -> None:
    facts, slot, team = a_contest()
    held = a_confirmed_booking(slot, team, 1)
    assert "Vi vet ikke hvem laget deres er" in words(visitor.get(f"/nb/b/{held.secret}"))
    page = f"/nb/b/{held.secret}/entries/new/{facts.activity_id}"
    assert visitor.get(page).status_code == 200
    assert visitor.post(page, named(facts.activity_id, "")).status_code == 422
    assert visitor.post(page, named(facts.activity_id)).status_code == 303
    assert visitor.get(page).status_code == 404
    assert visitor.get("/nb/b/4BKC9RC7M7AWJB3W3C1D4JSVCV/entries/1").status_code == 404


def test_the_office_counts_what_is_free_in_teams(app: Flask) -> None:
    facts, _slot, _team = a_contest(capacity=20)
    with unit_of_work():
        db.session.execute(update(TicketType).values(places=10))
    a_slot(facts.activity_id, 9, tomorrow(days=41))
    list_of_all = words(a_colleague(app, Role.DESK).browser.get("/staff/contests"))
    assert "room for 2 teams" in list_of_all and "Full" in list_of_all and "places free" not in list_of_all


def test_the_letters_name_the_team_and_say_why_it_was_taken_out(app: Flask) -> None:
    _facts, slot, team = a_contest()
    entered(slot, team, team_of())
    run_once(app)
    assert "Rosk og Rask: Ada Moe, Bo Vik" in text_of_last(app)
    with unit_of_work():
        take_out.take_out(rows()[0].id, "For gamle", centre=the_centre(), now=clock.now(), actor="account:1")
    run_once(app)
    assert "Rosk og Rask er ikke lenger med i konkurransen: For gamle" in text_of_last(app)


def test_the_reason_is_told_though_no_place_in_the_contest_is_left_in_the_booking(app: Flask, visitor: Visitor) -> None:
    _facts, slot, team = a_contest()
    held = entered_with(slot, team, an_entry_beside(), team_of())
    run_once(app)
    with unit_of_work():
        take_out.take_out(rows()[0].id, "For gamle", centre=the_centre(), now=clock.now(), actor="account:1")
    run_once(app)
    told = "Rosk og Rask er ikke lenger med i konkurransen: For gamle"
    assert told in text_of_last(app)
    page = words(visitor.get(f"/nb/b/{held.secret}"))
    assert told in page and "Vi vet ikke hvem" not in page


def text_of_last(app: Flask) -> str:
    folder = settings_of(app).instance_dir / "mail"
    letter = read_file(folder, list_files(folder)[0].name)
    body = letter.get_body(("plain",)) if letter is not None else None
    return str(body.get_content()) if body is not None else ""


def test_staff_search_sort_and_print_the_list_and_take_it_out_as_a_harmless_file(app: Flask) -> None:
    facts, slot, team = a_contest()
    school = a_field(facts.activity_id, label="Skole")
    entered(slot, team, team_of("=2+5", answers={school: "Fjell skole"}))
    entered(slot, team, team_of("Algene", answers={school: "Havn skole"}), email="per@example.org")
    desk, teacher = a_colleague(app), a_colleague(app, Role.EDUCATOR, "edu@example.org")
    assert "Robot Cup" in words(desk.get("/staff/contests"))
    page = words(desk.get(f"/staff/contests/{slot}?q=havn"))
    assert "Algene" in page and "=2+5" not in page
    page = words(desk.get(f"/staff/contests/{slot}?sort=name"))
    assert page.index("=2+5") < page.index("Algene")
    assert "Bo Vik" in words(teacher.get(f"/staff/contests/{slot}/list"))
    teacher.get(f"/staff/contests/{slot}")
    assert teacher.post(f"/staff/contests/{slot}/file", format="csv").status_code == 403
    answer = desk.post(f"/staff/contests/{slot}/file?q=fjell", format="csv")
    content = answer.get_data(as_text=True)
    assert "'=2+5" in content and "Ada Moe" in content and "Fjell skole" in content and "Algene" not in content
    assert desk.post(f"/staff/contests/{slot}/file", format="xlsx").get_data().startswith(b"PK")
    assert desk.get("/staff/contests/999999").status_code == 404


def test_staff_put_an_entry_right_and_an_administrator_takes_it_out_with_a_reason(app: Flask) -> None:
    facts, slot, team = a_contest()
    entered(slot, team, team_of())
    (entry,) = rows()
    desk, boss = a_colleague(app), a_colleague(app, Role.ADMIN, "boss@example.org")
    page = f"/staff/contests/{slot}/entries/{entry.id}"
    assert desk.get(page).status_code == 200
    assert desk.post(page, version="1", **named(facts.activity_id, "")).status_code == 422
    assert desk.post(page, version="1", **named(facts.activity_id, "Rask")).status_code == 303
    assert desk.post(f"{page}/out", reason="For gamle").status_code == 403
    boss.get(page)
    assert boss.post(f"{page}/out", reason=" ").status_code == 422
    assert boss.post(f"{page}/out", reason="x" * 401).status_code == 422
    assert boss.post(f"{page}/out", reason="For gamle").status_code == 303
    assert boss.get(page).status_code == 404
    assert rows() == []


def test_staff_write_the_entry_that_a_booking_misses(app: Flask) -> None:
    facts, slot, team = a_contest()
    held = a_confirmed_booking(slot, team, 1)
    desk = a_colleague(app)
    page = f"/staff/contests/{slot}/bookings/{held.booking_id}"
    assert "Not told yet" in words(desk.get(f"/staff/contests/{slot}"))
    assert desk.get(page).status_code == 200
    assert desk.post(page, **named(facts.activity_id)).status_code == 303
    assert [entry.name for entry in rows()] == ["Rosk og Rask"]


def test_an_administrator_says_what_a_contest_asks_and_nonsense_is_told_at_the_field(app: Flask) -> None:
    facts, _slot, _team = a_contest()
    boss = a_colleague(app, Role.ADMIN)
    rules = f"/staff/contest-rules/{facts.activity_id}"
    page = boss.get(rules)
    good = {
        "contestants": "teams",
        "least_members": "3",
        "most_members": "5",
        "asks_names": "y",
        "seen": hidden(page, "seen"),
    }
    assert boss.post(rules, **good | {"most_members": "2"}).status_code == 422
    assert boss.post(rules, **good | {"least_age": "9"}).status_code == 422
    assert boss.post(rules, **good).status_code == 303
    assert contest(facts.activity_id).members == (3, 5)
    new = f"/staff/contest-fields/new?activity_id={facts.activity_id}"
    boss.get(new)
    field = {
        "activity_id": str(facts.activity_id), "label-nb": "Trøye", "asked_of": "member", "required": "y", "sort": "1",
        "kind": "choice", "choices-nb": "S; M", "choices-en": "S; M; L",
    }  # fmt: skip
    assert "as many in each language" in words(boss.post("/staff/contest-fields/new", **field))
    assert "at least two" in words(
        boss.post("/staff/contest-fields/new", **field | {"choices-nb": "S", "choices-en": ""})
    )
    both = {"choices-nb": "Liten;; Stor;", "choices-en": "Small; Large; ;"}
    assert boss.post("/staff/contest-fields/new", **field | both).status_code == 303
    (asked_field,) = contest(facts.activity_id).fields
    assert asked_field.options == [{"nb": "Liten", "en": "Small"}, {"nb": "Stor", "en": "Large"}]
    assert asked_field.keys == ["Liten", "Stor"]
    assert "Trøye" in words(boss.get(rules))
    assert boss.post(f"/staff/contest-fields/{asked_field.id}/remove").status_code == 303
    assert contest(facts.activity_id).fields == ()
    assert boss.get("/staff/contest-rules/999999").status_code == 404
