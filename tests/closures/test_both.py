"""Somebody whom two closures hit, when one of them opens again, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask

from booking.bookings.basket import Pick
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import hold
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.closures import queries as closures
from booking.closures.reopen import reopen
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.mail.letter import Letter
from booking.settings import settings_of
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity, paid_for, tomorrow
from tests.closures.closing import closed, promised, write


def two_shows() -> tuple[int, int, int]:
    """Somebody with a show at noon and one at two: (booking, the one slot, the other)."""
    a_centre()
    bubbles, sparks = an_activity(Kind.SHOW, title="Bobler"), an_activity(Kind.SHOW, title="Gnister")
    noon, two = a_slot(bubbles, starts_at=tomorrow(12)), a_slot(sparks, starts_at=tomorrow(14))
    picks = [Pick(noon, a_ticket_type(bubbles), 2), Pick(two, a_ticket_type(sparks), 2)]
    with unit_of_work():
        held = hold(picks, centre=the_centre(), now=clock.now(), lang="en")
    with unit_of_work():
        set_details(held.booking_id, Contact("Kari Nordmann", "kari@example.org"), "en", clock.now())
    with unit_of_work():
        confirm(held.booking_id, clock.now())
    return paid_for(held).booking_id, noon, two


def open_again(closure_id: int) -> None:
    db.session.rollback()
    with unit_of_work():
        reopen(closure_id, now=clock.now(), actor="account:1")


def letter(app: Flask) -> Letter | None:
    """What the last promise of a letter on an opening says now."""
    about = promised("mail.closure_over")[-1]
    db.session.rollback()
    return messages.write("mail.closure_over", 1, about, settings_of(app))


@pytest.mark.parametrize("all_of_it", [False, True], ids=["the other show", "the whole day"])
def test_who_is_hit_twice_hears_which_of_two_shows_stands_after_all(app: Flask, all_of_it: bool) -> None:
    booking, noon, two = two_shows()
    first = closed(None if all_of_it else noon)
    write(first)
    second = closed(two)
    write(second)
    open_again(first)
    assert [about["booking_id"] for about in promised("mail.closure_over")] == [booking]
    written = letter(app)
    assert written is not None
    assert written.subject == "Some of what was closed is open after all"
    stands, shut = written.text.split("The rest is still closed.")
    assert ("Bobler" in stands, "Gnister" in stands) == (True, False)
    assert ("Bobler" in shut, "Gnister" in shut) == (False, True)
    assert "/closed" in shut
    assert [hit.booking_id for hit in closures.hits_of(second)] == [booking]
    open_again(second)
    written = letter(app)
    assert written is not None
    assert written.subject == "Open after all: your booking stands"


def test_of_one_show_that_two_closures_hold_nothing_is_said_before_both_are_open(app: Flask) -> None:
    _, noon, _ = two_shows()
    first, second = closed(noon), closed(noon, ends_at=tomorrow(13), slot_id=None)
    write(first)
    write(second)
    open_again(first)
    assert promised("mail.closure_over") == []


def test_who_was_written_to_of_a_closure_is_written_to_of_the_next(app: Flask) -> None:
    booking, noon, _two = two_shows()
    first = closed(noon)
    write(first)
    open_again(first)
    second = closed(noon)
    write(second)
    assert [(about["booking_id"], about["closure_id"]) for about in promised("mail.closure")] == [
        (booking, first), (booking, second),
    ]  # fmt: skip
