"""The lists of bookings and letters: filters, pages, files by the worker."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import delete, update

from booking.bookings.models import Booking, State
from booking.capacity.models import Channel
from booking.exports import long_lists, sources
from booking.exports.chores import EXPORTS
from booking.exports.models import ExportPart
from booking.history import booking_history
from booking.kernel import clock
from booking.kernel.chores import Shift
from booking.kernel.database import db, unit_of_work
from booking.outbox import long_work
from booking.outbox.models import Promise, PromiseState
from booking.reports import bookings, letters
from booking.reports.bookings import BookingFilter
from booking.reports.standing import MoneyStanding
from booking.running.steps import STEPS
from booking.running.worker import run_once
from booking.sheets.files import Format
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_ticket_type, an_activity, tomorrow
from tests.reports.crowds import BEGINS, Made

EVERYTHING = {"begin": BEGINS - timedelta(days=1), "end": BEGINS + timedelta(days=30)}


def found(**filters: object) -> set[int]:
    return {booking.id for booking in bookings.each(BookingFilter(**(EVERYTHING | filters)), 20)}  # type: ignore[arg-type]


def test_every_filter_finds_what_a_count_by_hand_finds(crowd: list[Made]) -> None:
    assert found(states=tuple(State)) == {booking.id for booking in crowd}
    for state in State:
        assert found(states=(state,)) == {booking.id for booking in crowd if booking.state is state}
    for channel in Channel:
        mine = {booking.id for booking in crowd if booking.channel is channel}
        assert found(states=tuple(State), channel=channel) == mine
    for activity in {line[0] for booking in crowd for line in booking.lines}:
        mine = {booking.id for booking in crowd if activity in {line[0] for line in booking.lines}}
        assert found(states=tuple(State), activity_id=activity) == mine
    every = tuple(State)
    assert found(states=every, standing=MoneyStanding.REFUNDED) == {booking.id for booking in crowd if booking.refunded}
    unpaid = {booking.id for booking in crowd if booking.total and not booking.paid and not booking.till}
    assert found(states=every, standing=MoneyStanding.UNPAID) == unpaid
    paid = {booking.id for booking in crowd if (booking.paid or booking.till) and not booking.refunded}
    assert found(states=every, standing=MoneyStanding.PAID) == paid
    day = {booking.id for booking in crowd if BEGINS <= booking.starts_at < BEGINS + timedelta(days=2)}
    assert found(states=every, begin=BEGINS, end=BEGINS + timedelta(days=2)) == day


@pytest.mark.parametrize("most", [1, 7, 50, 500])
def test_pages_follow_one_another_without_a_gap_or_a_double(crowd: list[Made], most: int) -> None:
    wanted = BookingFilter(**EVERYTHING, states=tuple(State))  # type: ignore[arg-type]
    listed = list(bookings.each(wanted, most))
    assert len(listed) == len({booking.id for booking in listed}) == len(crowd)
    assert all((booking.starts_at, booking.id) < (two.starts_at, two.id) for booking, two in pairwise(listed))


def test_a_page_after_a_booking_that_is_gone_is_empty(crowd: list[Made]) -> None:
    assert bookings.read(BookingFilter(**EVERYTHING, after=10**15)).bookings == []  # type: ignore[arg-type]


def named(name: str, email: str = "x@example.org", days: int = 3) -> int:
    activity = an_activity()
    held = a_confirmed_booking(
        a_slot(activity, 20, tomorrow(days=days)), a_ticket_type(activity), email=email, name=name, channel=Channel.DESK
    )
    return held.booking_id


@pytest.mark.parametrize("words", ["åse kvit", "Ase Kvitfjell", "KVITFJELL", "ase@example.org", "kvit åse", "ase@exa"])
@pytest.mark.parametrize("with_days", [True, False])
def test_a_name_is_found_as_people_say_it(app: Flask, words: str, with_days: bool) -> None:
    a_centre()
    wanted = named("Åse Kvitfjell", "ase@example.org")
    named("Åse Nordmann", "nord@example.org")
    days = {"begin": tomorrow(0, days=1), "end": tomorrow(0, days=9)} if with_days else {}
    assert [booking.id for booking in bookings.read(BookingFilter(words=words, **days)).bookings] == [wanted]  # type: ignore[arg-type]


def test_a_reference_is_found_however_it_is_written(app: Flask) -> None:
    a_centre()
    booking_id = named("Kari Nordmann")
    reference = db.session.get_one(Booking, booking_id).reference
    for typed in (reference, reference.lower(), f"{reference[:4]}-{reference[4:]}", f" {reference} "):
        assert [booking.id for booking in bookings.read(BookingFilter(words=typed)).bookings] == [booking_id]
    assert bookings.read(BookingFilter(words="ingen slik")).bookings == []
    assert bookings.read(BookingFilter(words="%_")).bookings == []


def export(app: Flask, form: Format, source: str = "bookings") -> long_work.Work:
    filters = sources.bookings_filters(BookingFilter(**EVERYTHING)) if source == "bookings" else {}  # type: ignore[arg-type]
    if source == "letters":
        filters = sources.letters_filters(letters.LetterFilter())
    with unit_of_work():
        about = {"filters": filters, "format": form.value, "lang": "nb"}
        work_id = long_work.begin(f"export.{source}", about, None)
    run_once(app)
    work = long_work.read(work_id)
    assert work is not None
    return work


def file_of(work: long_work.Work) -> bytes:
    """What the worker has written."""
    pieces = long_lists.finished(work, clock.now())
    assert pieces is not None
    return b"".join(pieces)


@pytest.mark.parametrize("form", list(Format))
def test_a_long_list_is_written_by_the_worker_in_parts(
    crowd: list[Made], made_app: Flask, form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.exports.long_lists.BATCH", 20)
    work = export(made_app, form)
    mine = [booking for booking in crowd if booking.state in bookings.BOUGHT]
    assert (work.state, work.outcome["rows"], work.total) == ("done", len(mine), len(mine))
    content = file_of(work)
    if form is Format.XLSX:
        rows = list(load_workbook(BytesIO(content), read_only=True).active.iter_rows(values_only=True))
        assert rows[0][0] == "Referanse"
        assert round(sum(row[11] for row in rows[1:]) * 100) == sum(booking.total for booking in mine)
    else:
        rows = content.decode("utf-8-sig").splitlines()
        assert rows[0].startswith("Referanse;")
    assert len(rows) == len(mine) + 1


def test_a_step_done_twice_writes_the_same_file(
    crowd: list[Made], made_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.exports.long_lists.BATCH", 40)
    step = long_lists.write_part

    def twice(work: long_work.Work) -> long_work.Progress:
        step(work)
        return step(work)

    monkeypatch.setitem(STEPS, "export.bookings", twice)
    content = file_of(export(made_app, Format.CSV))
    mine = [booking for booking in crowd if booking.state in bookings.BOUGHT]
    assert len(content.decode("utf-8-sig").splitlines()) == len(mine) + 1


def test_what_an_earlier_version_has_begun_in_files_is_begun_anew(
    crowd: list[Made], made_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.exports.long_lists.BATCH", 20)
    step = long_lists.write_part
    begun: list[int] = []

    def elsewhere_at_first(work: long_work.Work) -> long_work.Progress:
        progress = step(work)
        if not begun:
            begun.append(work.id)
            with unit_of_work():
                db.session.execute(delete(ExportPart))
        return progress

    monkeypatch.setitem(STEPS, "export.bookings", elsewhere_at_first)
    work = export(made_app, Format.CSV)
    mine = [booking for booking in crowd if booking.state in bookings.BOUGHT]
    assert len(file_of(work).decode("utf-8-sig").splitlines()) == work.outcome["rows"] + 1 == len(mine) + 1


def test_a_file_is_kept_for_a_day(crowd: list[Made], made_app: Flask) -> None:
    work = export(made_app, Format.CSV)
    soon, late = clock.now() + timedelta(hours=23), clock.now() + timedelta(hours=25)
    assert long_lists.finished(work, soon) is not None
    assert long_lists.finished(work, late) is None
    EXPORTS.do(Shift("worker", nights=False, now=soon))
    assert long_lists.finished(work, soon) is not None
    EXPORTS.do(Shift("worker", nights=False, now=late))
    assert long_lists.finished(work, soon) is None


def test_letters_are_found_by_state_kind_and_booking(app: Flask) -> None:
    a_centre()
    first, second = named("Kari Nordmann"), named("Ola Nordmann")
    with unit_of_work():
        failed = update(Promise).where(Promise.booking_id == second)
        db.session.execute(failed.values(state=PromiseState.DEAD, last_error="recipient [550]"))

    def ids(**filters: object) -> list[int | None]:
        return [letter.booking_id for letter in letters.read(letters.LetterFilter(**filters)).letters]  # type: ignore[arg-type]

    assert ids() == [second, first]
    assert ids(booking_id=first) == [first]
    assert ids(state=PromiseState.DEAD) == [second]
    assert ids(state=PromiseState.DONE) == []
    assert ids(kind="mail.confirmation") == [second, first]
    assert ids(kind="mail.lost") == []
    with app.test_request_context():
        assert export(app, Format.CSV, "letters").outcome["rows"] == 2


def test_a_booking_remembers_everything(crowd: list[Made]) -> None:
    booking = next(made for made in crowd if made.refunded and made.came)
    past = booking_history.of_booking(booking.id)
    assert [payment.amount for payment in past.payments] == [booking.paid]
    assert [refund.amount for refund in past.refunds] == [booking.refunded]
    sorts = [happening.sort for happening in past.happenings]
    assert {"ordered", "confirmed", "payment", "refund", "check_in"} <= set(sorts)
    assert [h.at for h in past.happenings] == sorted((h.at for h in past.happenings), reverse=True)
