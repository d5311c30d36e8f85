"""Enter a contest: teams with their members and answers, judged by what it asks; no two of one name."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.details import Contact
from booking.bookings.hold import Hold, expire_run_out
from booking.bookings.models import Booking, State
from booking.bookings.refusals import TooLate, Unknown
from booking.centre.facts import the_centre
from booking.contests import enter, forgetting, take_out
from booking.contests.models import AnswerKind, AskedOf, ContestEntry, ContestField, ContestMember, EntryState
from booking.contests.read import contest_rows, entries_of, listed
from booking.contests.refusals import EntriesWrong, EntryChangedMeanwhile, EntryOut, ReasonWanted
from booking.contests.rules import DraftMember, EntryDraft, EntryFault, problems_of
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.pay import begin
from booking.running.check import breaches
from booking.waiting import waiting
from tests.builders import a_confirmed_booking, a_hold, in_all, taken, tomorrow
from tests.contests.entered import (
    a_contest,
    a_field,
    a_team,
    contest,
    drafts,
    entered,
    letters,
    renamed,
    rows,
    send,
    who,
)  # fmt: skip
from tests.invoicing.write_offs.test_at_the_same_time import at_once
from tests.support.forgetting import forget

YEAR = 2026


def faults(refusal: EntriesWrong) -> list[tuple[str, str]]:
    return [(problem.part, problem.fault.value) for problems in refusal.problems.values() for problem in problems]


def test_a_team_enters_with_its_members_and_what_was_asked(app: Flask) -> None:
    facts, slot, team = a_contest()
    school = a_field(facts.activity_id)
    shirt = a_field(facts.activity_id, AnswerKind.CHOICE, "Shirt", choices=in_all("S; M; L"))
    photos = a_field(facts.activity_id, AnswerKind.YES, "Photos may be shown", required=False)
    held = entered(slot, team, a_team(answers={school: "Fjell skole", shirt: "M", photos: True}))
    (entry,) = entries_of(held.booking_id)
    assert (entry.name, entry.size, [member.name for member in entry.members]) == (
        "Rosk og Rask",
        2,
        ["Ada Moe", "Bo Vik"],
    )
    assert [(answer.asked["nb"], answer.answer) for answer in entry.answers] == [
        ("School", "Fjell skole"), ("Shirt", "M"), ("Photos may be shown", "yes"),
    ]  # fmt: skip
    assert db.session.get_one(Booking, held.booking_id).state is State.CONFIRMED
    assert [row.tickets for row in contest_rows(clock.now())] == [1]
    assert breaches() == []


def test_all_that_is_wrong_is_told_in_the_order_of_the_form_and_nothing_is_written(app: Flask) -> None:
    facts, slot, team = a_contest(asks_birth_year=True, least_age=10, most_age=16)
    number = a_field(facts.activity_id, AnswerKind.NUMBER, "Computers", least=1, most=3)
    shirt = a_field(facts.activity_id, AnswerKind.CHOICE, "Shirt", choices=in_all("S; M"))
    consent = a_field(facts.activity_id, AnswerKind.YES, "A parent has said yes")
    food = a_field(facts.activity_id, AnswerKind.LINE, "Food", asked_of=AskedOf.MEMBER)
    written = EntryDraft(
        "L" * 121,
        (DraftMember("Ada", 2020, {food: "x" * 201}), DraftMember("www.example.org", 1990), DraftMember("", None)),
        answers={number: 4, shirt: "XXL"},
    )
    held = a_hold(slot, team, 1)
    with pytest.raises(EntriesWrong) as refusal:
        send(held, slot, written)
    assert faults(refusal.value) == [
        ("name", "too_long"), (f"f{number}", "range"), (f"f{shirt}", "not_offered"), (f"f{consent}", "needs_yes"),
        ("m0-born", "too_young"), (f"m0-f{food}", "too_long"), ("m1-name", "address"), ("m1-born", "too_old"),
        (f"m1-f{food}", "missing"),
    ]  # fmt: skip
    assert rows() == []
    assert db.session.get_one(Booking, held.booking_id).name == ""


@pytest.mark.parametrize(("many", "wrong"), [(1, ["too_few"]), (2, []), (4, []), (5, ["too_many"]), (50, ["too_many"])])
def test_a_team_is_neither_too_small_nor_too_large(app: Flask, many: int, wrong: list[str]) -> None:
    facts, _slot, _team = a_contest()
    problems = problems_of(facts, a_team(names=[f"Person {n}" for n in range(many)]), YEAR)
    assert [problem.fault.value for problem in problems] == wrong


def test_where_members_are_not_named_their_number_is_asked(app: Flask) -> None:
    facts, slot, team = a_contest(asks_names=False)
    assert [problem.part for problem in problems_of(facts, EntryDraft("Rask"), YEAR)] == ["size"]
    assert [problem.fault for problem in problems_of(facts, EntryDraft("Rask", size=5), YEAR)] == [EntryFault.RANGE]
    held = entered(slot, team, EntryDraft("Rask", size=3))
    assert [(entry.size, entry.members) for entry in entries_of(held.booking_id)] == [(3, ())]


def test_persons_enter_by_their_own_names_and_two_may_have_one(app: Flask) -> None:
    _facts, slot, person = a_contest(contestants="persons")
    held = entered(slot, person, EntryDraft("", (DraftMember("Kari Lie"),)), EntryDraft("", (DraftMember("Kari Lie"),)))
    assert [(entry.name, entry.size) for entry in entries_of(held.booking_id)] == [("Kari Lie", 1)] * 2


@pytest.mark.parametrize("name", ["Rosk og Rask", "ROSK OG RASK", " rosk  og rask ", "Rosk-og-Rask!", "Røsk og Rask"])
def test_no_two_teams_have_a_name_that_counts_as_one(app: Flask, name: str) -> None:
    _facts, slot, team = a_contest()
    entered(slot, team, a_team())
    held = a_hold(slot, team, 1)
    with pytest.raises(EntriesWrong) as refusal:
        send(held, slot, a_team(name.strip()), email="per@example.org")
    assert faults(refusal.value) == [("name", "name_taken")]
    send(held, slot, a_team("😀😀"), email="per@example.org")
    assert [entry.name for entry in rows()] == ["Rosk og Rask", "😀😀"]


def test_a_name_of_signs_that_stand_for_many_letters_each_is_kept_and_compared_whole(app: Flask) -> None:
    _facts, slot, team = a_contest()
    long = "\ufdfa" * 119  # eighteen letters each
    entered(slot, team, a_team(f"{long}a"), a_team(f"{long}b"))
    with pytest.raises(EntriesWrong) as refusal:
        entered(slot, team, a_team(f"{long}A"), email="per@example.org")
    assert faults(refusal.value) == [("name", "name_taken")]
    assert [entry.name for entry in rows()] == [f"{long}a", f"{long}b"]


def test_two_teams_of_one_name_in_one_form_are_told_at_the_second(app: Flask) -> None:
    _facts, slot, team = a_contest()
    with pytest.raises(EntriesWrong) as refusal:
        entered(slot, team, a_team(), a_team("rosk og rask"))
    assert list(refusal.value.problems) == [(contest_of(slot), 1)]
    assert faults(refusal.value) == [("name", "twice")]


def contest_of(slot_id: int) -> int:
    return next(row.activity_id for row in contest_rows(clock.now(), slot_id))


def test_a_name_is_free_again_when_its_team_has_left_or_never_paid(app: Flask) -> None:
    _facts, slot, team = a_contest(price=10000)
    held = a_hold(slot, team, 1)
    send(held, slot, a_team())  # pays, and never comes back
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        with unit_of_work():
            db.session.execute(update(Booking).values(state=State.HELD, held_until=clock.now() - timedelta(minutes=1)))
        with unit_of_work():
            expire_run_out(clock.now())
        other = a_hold(slot, team, 1)
        send(other, slot, a_team("ROSK og rask"))
    assert [entry.name_key for entry in rows()] == ["", "roskograsko"[:10]]


def test_eight_teams_of_one_name_at_the_same_moment_are_one(app: Flask) -> None:
    _facts, slot, team = a_contest(capacity=10)
    holds = [a_hold(slot, team, 1) for _ in range(8)]
    answers = at_once(app, *[lambda held=held: send(held, slot, a_team()) for held in holds])  # type: ignore[misc]
    assert sorted(answers) == ["EntriesWrong"] * 7 + ["done"]
    assert len(rows()) == 1
    assert breaches() == []


def test_a_field_that_staff_take_away_or_add_while_somebody_writes_is_judged_as_it_is_now(app: Flask) -> None:
    facts, slot, team = a_contest()
    school = a_field(facts.activity_id)
    held = a_hold(slot, team, 1)
    with unit_of_work():
        db.session.execute(delete(ContestField).where(ContestField.id == school))
    added = a_field(facts.activity_id, label="Coach")
    with pytest.raises(EntriesWrong) as refusal:
        send(held, slot, a_team(answers={school: "Fjell skole"}))
    assert faults(refusal.value) == [(f"f{added}", "missing")]
    send(held, slot, a_team(answers={school: "Fjell skole", added: "Kari"}))
    (entry,) = entries_of(held.booking_id)
    assert [answer.answer for answer in entry.answers] == ["Kari"]


def test_a_consent_keeps_the_words_that_were_said_yes_to(app: Flask) -> None:
    facts, slot, team = a_contest()
    consent = a_field(facts.activity_id, AnswerKind.YES, "We may film")
    held = entered(slot, team, a_team(answers={consent: True}))
    with unit_of_work():
        db.session.execute(update(ContestField).values(label=in_all("We may film and sell it")))
    (entry,) = entries_of(held.booking_id)
    assert [answer.asked["nb"] for answer in entry.answers] == ["We may film"]


def correct(entry_id: int, draft: EntryDraft, version: int = 1, actor: str = "buyer") -> None:
    with unit_of_work():
        enter.correct(entry_id, draft, version=version, centre=the_centre(), now=clock.now(), actor=actor)


def test_whoever_booked_puts_it_right_until_the_sale_ends_and_staff_at_any_time(app: Flask) -> None:
    _facts, slot, team = a_contest(closes_at=tomorrow(days=20))
    held = entered(slot, team, a_team())
    (entry,) = rows()
    correct(entry.id, a_team("Rosk", ("Cia Lie", "Dag Ruud", "Eva Bø")))
    with pytest.raises(EntryChangedMeanwhile):
        correct(entry.id, a_team("Rusk"))
    with time_machine.travel(tomorrow(days=20), tick=False):
        with pytest.raises(TooLate):
            correct(entry.id, a_team("Rusk"), version=2)
        correct(entry.id, a_team("Rask", ("Cia Lie", "Dag Ruud")), version=2, actor="account:1")
    (facts,) = entries_of(held.booking_id)
    assert (facts.name, facts.size, [member.name for member in facts.members]) == ("Rask", 2, ["Cia Lie", "Dag Ruud"])
    assert breaches() == []


def test_the_names_of_others_stay_theirs_when_a_team_is_renamed(app: Flask) -> None:
    _facts, slot, team = a_contest()
    entered(slot, team, a_team(), a_team("Rusk"))
    _first, second = rows()
    with pytest.raises(EntriesWrong):
        correct(second.id, a_team("rosk og rask"))
    correct(second.id, a_team("rusk"))
    assert [entry.name for entry in rows()] == ["Rosk og Rask", "rusk"]


def test_a_team_sold_at_the_desk_is_told_of_later_and_no_more_than_its_tickets(app: Flask) -> None:
    facts, slot, team = a_contest()
    held = a_confirmed_booking(slot, team, 2)
    assert [line.entry for line in listed(slot, facts.activity_id)] == [None, None]
    for name in ("Rosk", "Rusk"):
        with unit_of_work():
            enter.add_entry(held.booking_id, facts.activity_id, a_team(name), centre=the_centre(), now=clock.now())
    with pytest.raises(Unknown), unit_of_work():
        enter.add_entry(held.booking_id, facts.activity_id, a_team("Rask"), centre=the_centre(), now=clock.now())
    assert [line.entry.name for line in listed(slot, facts.activity_id) if line.entry] == ["Rosk", "Rusk"]


def out(entry_id: int, reason: str = "Too old", **more: bool) -> int:
    with unit_of_work():
        return take_out.take_out(
            entry_id, reason, centre=the_centre(), now=clock.now(), actor="account:1", **more
        )  # fmt: skip


def test_staff_take_one_of_two_teams_out_with_a_reason_and_the_other_stays(app: Flask) -> None:
    facts, slot, team = a_contest()
    held = entered(slot, team, a_team(), a_team("Rusk"))
    first, _second = rows()
    with pytest.raises(ReasonWanted):
        out(first.id, "")
    out(first.id)
    assert [line.entry.name for line in listed(slot, facts.activity_id) if line.entry] == ["Rusk"]
    assert [(entry.name, entry.reason) for entry in rows(EntryState.TAKEN_OUT)] == [("Rosk og Rask", "Too old")]
    assert (taken(slot), letters("change"), letters("cancellation")) == (1, 1, 0)
    with pytest.raises(EntryOut):
        out(first.id)
    out(rows()[0].id)
    assert (taken(slot), letters("cancellation")) == (0, 1)
    assert db.session.get_one(Booking, held.booking_id).state is State.CANCELLED
    assert breaches() == []


def test_a_team_that_withdraws_is_the_one_that_goes_and_its_name_is_free(app: Flask) -> None:
    facts, slot, team = a_contest()
    entered(slot, team, a_team(), a_team("Rusk"))
    with unit_of_work():
        take_out.withdraw(rows()[0].id, centre=the_centre(), now=clock.now())
    assert [line.entry.name for line in listed(slot, facts.activity_id) if line.entry] == ["Rusk"]
    entered(slot, team, a_team())
    assert breaches() == []


def test_with_fewer_tickets_the_last_team_leaves_for_good_and_its_name_is_free(app: Flask) -> None:
    facts, slot, team = a_contest()
    held = entered(slot, team, a_team(), a_team("Rusk"))
    book(held, slot, team, 1)
    assert [entry.name for entry in rows()] == ["Rosk og Rask"]
    assert [entry.name for entry in rows(EntryState.WITHDRAWN)] == ["Rusk"]
    entered(slot, team, a_team("Rusk"), email="per@example.org")
    book(held, slot, team, 2)
    assert [line.entry.name if line.entry else "" for line in listed(slot, facts.activity_id)] == [
        "Rosk og Rask", "", "Rusk",
    ]  # fmt: skip
    assert breaches() == []


def book(held: Hold, slot: int, ticket_type: int, many: int) -> None:
    """As the page of the change does it."""
    with unit_of_work():
        change(held.booking_id, [Pick(slot, ticket_type, many)], centre=the_centre(), now=clock.now())


def test_who_waits_is_offered_a_place_and_tells_of_the_team_then(app: Flask) -> None:
    _facts, slot, team = a_contest(capacity=1)
    first = entered(slot, team, a_team())
    with unit_of_work():
        waiting.wait(
            [slot], [(team, 1)], Contact("Per", "per@example.org"), centre=the_centre(), lang="nb", now=clock.now()
        )  # fmt: skip
    with unit_of_work():
        cancel(first.booking_id, centre=the_centre(), now=clock.now())
    waiting.offer_places(the_centre(), clock.now())
    (offer,) = db.session.scalars(select(Booking).where(Booking.state == State.HELD))
    with pytest.raises(EntriesWrong):
        send_by_id(offer.id, slot)
    send_by_id(offer.id, slot, a_team("Rusk"))
    assert [entry.name for entry in rows() if entry.booking_id == offer.id] == ["Rusk"]
    assert breaches() == []


def send_by_id(booking_id: int, slot: int, *teams: EntryDraft) -> None:
    begin(booking_id, who("per@example.org"), entries=drafts(slot, *teams))


def test_names_go_a_month_after_the_contest_and_the_number_stays(app: Flask) -> None:
    _facts, slot, team = a_contest(starts_at=tomorrow(days=40))
    entered(slot, team, a_team())
    over = tomorrow(days=40)
    assert forget(forgetting.FORGETTINGS, over + timedelta(days=29)) == 0
    assert forget(forgetting.FORGETTINGS, over + timedelta(days=31)) == 1
    (entry,) = rows()
    assert (entry.name, entry.name_key, entry.answers, entry.size) == ("", "", [], 2)
    assert db.session.scalars(select(ContestMember.name)).all() == []


def test_names_of_a_cancelled_booking_go_within_a_week(app: Flask) -> None:
    _facts, slot, team = a_contest()
    held = entered(slot, team, a_team())
    with unit_of_work():
        cancel(held.booking_id, centre=the_centre(), now=clock.now())
    assert forget(forgetting.FORGETTINGS, clock.now() + timedelta(days=6)) == 0
    assert forget(forgetting.FORGETTINGS, clock.now() + timedelta(days=8)) == 1


def test_the_same_team_twice_from_two_tabs_is_one(app: Flask) -> None:
    _facts, slot, team = a_contest(price=10000)
    held = a_hold(slot, team, 1)
    send(held, slot, a_team())
    send(held, slot, renamed(a_team(), "Other"))  # goes on with the payment that is under way
    assert [entry.name for entry in rows()] == ["Rosk og Rask"]
    assert contest(contest_of(slot)).is_of_teams


def test_the_nightly_check_names_a_booking_with_another_number_of_entries(app: Flask) -> None:
    _facts, slot, team = a_contest()
    held = entered(slot, team, a_team(), a_team("Rusk"))
    assert breaches() == []
    with unit_of_work():
        db.session.execute(delete(ContestEntry).where(ContestEntry.name == "Rusk"))
    words = "contest entries of a booking as it was bought that are not as many as its tickets there, booking"
    assert breaches() == [f"{words}: {held.booking_id}"]


def test_the_nightly_check_names_an_entry_without_a_ticket(app: Flask) -> None:
    _facts, slot, team = a_contest()
    held = entered(slot, team, a_team(), a_team("Rusk"))
    book(held, slot, team, 1)
    assert breaches() == []
    with unit_of_work():
        db.session.execute(update(ContestEntry).values(state=EntryState.ENTERED))
    assert breaches() == [f"contest entries without a ticket there, booking: {held.booking_id}"]


def test_the_nightly_check_names_people_who_outlive_their_team(app: Flask) -> None:
    _facts, slot, team = a_contest()
    entered(slot, team, a_team())
    (entry,) = rows()
    with unit_of_work():
        db.session.execute(update(ContestEntry).values(name=""))
    assert breaches() == [f"contest people of an entry whose name was forgotten, entry: {entry.id}"]
