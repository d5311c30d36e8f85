"""Rows that wait to be written together: nobody misses them, none is written after what gave them up."""

from __future__ import annotations

from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from booking.bookings.models import Booking, BookingWord
from booking.bookings.store import lock
from booking.capacity.models import Slot
from booking.kernel import clock
from booking.kernel.database import attempt, db, run, unit_of_work
from booking.kernel.writing import write, write_last, write_new
from booking.outbox.models import Promise, PromiseState
from tests.builders import a_hold, a_sale
from tests.web.browsing import statements


def words() -> int:
    """How many words there are."""
    count: int = run(select(func.count()).select_from(BookingWord)).scalar_one()
    return count


def a_held_booking() -> int:
    """Something that words belong to."""
    _, slot, adult = a_sale()
    return a_hold(slot, adult).booking_id


def a_word(booking_id: int, word: str = "kari") -> None:
    """Write one."""
    write(BookingWord, [{"word": word, "booking_id": booking_id}])


def a_promise(key: str) -> dict[str, object]:
    """One that nobody keeps."""
    now = clock.now()
    return {"kind": "x", "key": key, "about": {"n": 1}, "state": PromiseState.WAITING, "made_at": now, "due_at": now}


def test_what_is_written_is_there_when_the_unit_of_work_has_ended(app: Flask) -> None:
    held = a_held_booking()
    with unit_of_work():
        a_word(held)
    assert words() == 1


def test_whoever_reads_meanwhile_sees_it(app: Flask) -> None:
    held = a_held_booking()
    with unit_of_work():
        a_word(held, "one")
        assert words() == 1
        a_word(held, "two")
        assert len(db.session.scalars(select(BookingWord)).all()) == 2
        a_word(held, "three")
        db.session.execute(update(BookingWord).values(word=BookingWord.word + "!"))
    assert set(db.session.scalars(select(BookingWord.word))) == {"one!", "two!", "three!"}


def test_what_is_given_up_is_not_written_by_the_next(app: Flask) -> None:
    held = a_held_booking()
    with suppress(ZeroDivisionError), unit_of_work():
        a_word(held)
        raise ZeroDivisionError
    with unit_of_work():
        a_word(held, "other")
    assert db.session.scalars(select(BookingWord.word)).all() == ["other"]


def test_an_attempt_that_fails_takes_its_own_rows_with_it_and_no_others(app: Flask) -> None:
    held = a_held_booking()
    with unit_of_work():
        a_word(held, "before")
        with suppress(ZeroDivisionError), attempt():
            a_word(held, "within")
            raise ZeroDivisionError
        a_word(held, "after")
    assert set(db.session.scalars(select(BookingWord.word))) == {"before", "after"}


def test_what_has_changed_and_what_is_new_go_in_one_statement(app: Flask) -> None:
    held = a_held_booking()
    with unit_of_work():
        (booking,) = lock(held)
        with statements() as seen:
            booking.name, booking.numbers = "Kari", {"1": ["2"]}
            a_word(held)
            write(Promise, [a_promise("a"), a_promise("b")], once="key")
            run(select(1))
    assert len(seen) == (2 if db.engine.dialect.name == "postgresql" else 4)
    db.session.expire_all()
    booking = db.session.get_one(Booking, held)
    assert (booking.name, booking.numbers, words()) == ("Kari", {"1": ["2"]}, 1)
    assert {promise.about["n"] for promise in db.session.scalars(select(Promise).where(Promise.kind == "x"))} == {1}


def test_a_change_is_written_once_and_the_next_one_too(app: Flask) -> None:
    held = a_held_booking()
    with unit_of_work():
        (booking,) = lock(held)
        booking.name = "Kari"
        a_word(held)
        run(select(1))
        booking.name, booking.email = "Ola", "ola@example.org"
    db.session.expire_all()
    assert db.session.execute(select(Booking.name, Booking.email)).one() == ("Ola", "ola@example.org")


def test_a_promise_made_twice_is_one(app: Flask) -> None:
    for _ in range(2):
        with unit_of_work():
            write(Promise, [a_promise("a")], once="key")
    assert db.session.scalar(select(func.count()).select_from(Promise).where(Promise.key == "a")) == 1


def test_a_new_row_is_named_by_others_before_it_has_a_number(app: Flask) -> None:
    _, slot, adult = a_sale()
    held = a_hold(slot, adult).booking_id
    copied = db.session.execute(select(Booking.__table__).where(Booking.id == held)).mappings().one()
    codes = dict.fromkeys(("reference", "secret", "code"), "x" * 8)
    with unit_of_work():
        new = write_new(Booking, {name: value for name, value in copied.items() if name != "id"} | codes)
        write(BookingWord, [{"word": "kari", "booking_id": new}, {"word": "ola", "booking_id": new}])
        rows = write_last(Slot, text("UPDATE slot SET status = status WHERE id = :id RETURNING id"), {"id": slot})
        assert [tuple(row) for row in rows] == [(slot,)]
        write(BookingWord, [{"word": "per", "booking_id": new}])
    assert new.id > held
    assert set(db.session.scalars(select(BookingWord.booking_id))) == {new.id}
    assert words() == 3


def test_what_the_database_refuses_is_raised_before_anything_is_kept(app: Flask) -> None:
    held = a_held_booking()
    with pytest.raises(IntegrityError), unit_of_work():
        write(BookingWord, [{"word": "kari", "booking_id": number} for number in (held, 0)])
    assert words() == 0


def test_many_promises_one_after_the_other_keep_their_order_and_are_few_statements(app: Flask) -> None:
    with statements() as seen, unit_of_work():
        for n in range(1200):
            write(Promise, [a_promise(f"{n}")], once="key")
    assert db.engine.dialect.name == "sqlite" or len(seen) == 3
    keys = db.session.scalars(select(Promise.key).where(Promise.kind == "x").order_by(Promise.id)).all()
    assert keys == [f"{n}" for n in range(1200)]


def test_a_row_that_has_changed_is_not_lost_when_the_last_statement_changes_it_too(app: Flask) -> None:
    held = a_held_booking()
    with unit_of_work():
        (booking,) = lock(held)
        booking.name = "Kari"
        a_word(held)
        rows = write_last(
            Booking, text("UPDATE booking SET email = :email WHERE id = :id RETURNING name"), {"email": "p", "id": held}
        )
        assert [tuple(row) for row in rows] == [("Kari",)]
    db.session.expire_all()
    assert db.session.execute(select(Booking.name, Booking.email)).one() == ("Kari", "p")


def test_the_last_statement_meets_rows_that_wait(app: Flask) -> None:
    held = a_held_booking()
    with unit_of_work():
        a_word(held)
        rows = write_last(BookingWord, text("UPDATE booking_word SET word = :word RETURNING word"), {"word": "ola"})
        assert [tuple(row) for row in rows] == [("ola",)]
