"""Calendar files, as a calendar program reads them: what is booked, what moved, what is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from icalendar import Calendar

from booking.bookings import queries
from booking.bookings.at_the_desk import move_booking
from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import hold
from booking.bookings.queries import BookingFacts
from booking.bookings.store import lock
from booking.capacity.availability import slots_by_id
from booking.capacity.models import Channel, Draw
from booking.centre.facts import NOT_YET, CentreFacts
from booking.centre.wording import LOCALES, Wording
from booking.documents import calendar_file as module
from booking.documents.calendar_file import Appointment, calendar_file
from booking.documents.papers import booking_calendar
from booking.kernel.database import db, unit_of_work
from tests.builders import a_confirmed_booking, a_sale, a_slot, a_space, a_stretch, a_ticket_type, an_activity, tomorrow
from tests.documents.test_papers import a_visit_with_a_show, facts_of


def calendar_of(facts: BookingFacts, centre: CentreFacts) -> Calendar:
    """The calendar file of a booking, as a calendar program reads it."""
    with force_locale(LOCALES[facts.lang]):
        write, times = Wording.of(facts.lang, centre), queries.calendar_times(facts)
        return Calendar.from_ical(booking_calendar(facts, times, centre, write, "http://localhost/b"))


def test_two_times_of_one_activity_are_two_appointments(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    activity = slots_by_id([slot], Channel.PUBLIC, now)[0].activity_id
    later = a_slot(activity, starts_at=tomorrow(14))
    with unit_of_work():
        held = hold([Pick(slot, adult, 1), Pick(later, adult, 1)], centre=centre, now=now, lang="nb")
    events = calendar_of(facts_of(held.booking_id), centre).walk("VEVENT")
    assert len({event["UID"] for event in events}) == 2


def by_uid(calendar: Calendar) -> dict[str, tuple[str, int, datetime]]:
    """Status, sequence and start of each appointment."""
    return {
        str(event["UID"]): (str(event["STATUS"]), int(event["SEQUENCE"]), event["DTSTART"].dt)
        for event in calendar.walk("VEVENT")
    }


def test_who_moves_gets_the_new_time_and_the_old_one_taken_away(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult, 2)
    activity = facts_of(held.booking_id).lines[0].activity_id
    ((old, before),) = by_uid(calendar_of(facts_of(held.booking_id), centre)).items()
    later = a_slot(activity, starts_at=tomorrow(14))
    with unit_of_work():
        change(held.booking_id, [Pick(later, adult, 2)], centre=centre, now=now)
    calendar = calendar_of(facts_of(held.booking_id), centre)
    after = by_uid(calendar)
    ((new, moved),) = (item for item in after.items() if item[0] != old)
    assert calendar["METHOD"] == "PUBLISH"
    assert before == ("CONFIRMED", 1, tomorrow(10))
    assert after[old] == ("CANCELLED", 2, tomorrow(10))
    assert moved == ("CONFIRMED", 2, tomorrow(14))
    with unit_of_work():
        change(held.booking_id, [Pick(slot, adult, 2)], centre=centre, now=now)
    back = by_uid(calendar_of(facts_of(held.booking_id), centre))
    assert back == {old: ("CONFIRMED", 3, tomorrow(10)), new: ("CANCELLED", 3, tomorrow(14))}
    with unit_of_work():
        cancel(held.booking_id, centre=centre, now=now)
    calendar = calendar_of(facts_of(held.booking_id), centre)
    assert calendar["METHOD"] == "CANCEL"
    assert {status for status, *_rest in by_uid(calendar).values()} == {"CANCELLED"}
    assert set(by_uid(calendar)) == {old, new}


def test_one_of_two_times_of_an_activity_given_up_leaves_the_other_as_it_was(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    later = a_slot(slots_by_id([slot], Channel.PUBLIC, now)[0].activity_id, starts_at=tomorrow(14))
    with unit_of_work():
        held = hold([Pick(slot, adult, 1), Pick(later, adult, 1)], centre=centre, now=now, lang="nb")
    with unit_of_work():
        confirm(held.booking_id, now)
    before = by_uid(calendar_of(facts_of(held.booking_id), centre))
    with unit_of_work():
        change(held.booking_id, [Pick(later, adult, 1)], centre=centre, now=now)
    after = by_uid(calendar_of(facts_of(held.booking_id), centre))
    assert set(after) == set(before)
    assert {start: status for status, _sequence, start in after.values()} == {
        tomorrow(10): "CANCELLED", tomorrow(14): "CONFIRMED",
    }  # fmt: skip


def test_a_party_that_the_centre_moves_has_its_old_time_taken_away(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult, 2)
    later = a_slot(facts_of(held.booking_id).lines[0].activity_id, starts_at=tomorrow(14))
    with unit_of_work():
        (booking,) = lock(held.booking_id)
        move_booking(booking, {slot: later}, now)
    after = by_uid(calendar_of(facts_of(held.booking_id), centre))
    assert {start: status for status, _sequence, start in after.values()} == {
        tomorrow(10): "CANCELLED",
        tomorrow(14): "CONFIRMED",
    }


def test_an_entry_lasts_as_long_as_the_stay_and_never_longer_than_the_house_is_open(app: Flask) -> None:
    centre, slot, adult = a_sale()
    facts = facts_of(a_confirmed_booking(slot, adult, 1).booking_id)
    (event,) = calendar_of(facts, centre).walk("VEVENT")
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=120)
    house = a_stretch(a_space(is_house=True), tomorrow(11))
    with unit_of_work():
        db.session.add(Draw(slot_id=slot, on_slot_id=house))
    (event,) = calendar_of(facts, centre).walk("VEVENT")
    assert event["DTEND"].dt == tomorrow(11, 30)


def test_an_appointment_says_who_invites(app: Flask) -> None:
    centre, slot, adult = a_sale(name='Senteret; "Nord", Ærlig', email="post@example.org")
    (event,) = calendar_of(facts_of(a_confirmed_booking(slot, adult).booking_id), centre).walk("VEVENT")
    assert str(event["ORGANIZER"]) == "mailto:post@example.org"
    assert event["ORGANIZER"].params["CN"] == "Senteret; 'Nord', Ærlig"


def test_lines_of_a_calendar_are_folded_by_bytes(app: Flask) -> None:
    centre, _, _ = a_sale(address="Ærlig gate 1, " * 12)
    activity = an_activity(title="Ærøskøbing " * 12)
    facts = facts_of(a_confirmed_booking(a_slot(activity), a_ticket_type(activity)).booking_id)
    write = Wording.of("nb", centre)
    file = booking_calendar(facts, queries.calendar_times(facts), centre, write, "http://localhost/b")
    assert file.endswith(b"\r\n")
    assert b"\n" not in file.replace(b"\r\n", b"")
    for line in file.split(b"\r\n"):
        assert len(line) <= 75  # octets (RFC 5545, section 3.1)
        line.decode("utf-8")


def test_a_cancelled_booking_takes_its_appointment_away(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult, 2)
    (before,) = calendar_of(facts_of(held.booking_id), centre).walk("VEVENT")
    with unit_of_work():
        cancel(held.booking_id, centre=centre, now=now)
    calendar = calendar_of(facts_of(held.booking_id), centre)
    (after,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], after["STATUS"], after["UID"]) == ("CANCEL", "CANCELLED", before["UID"])
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_confirmed_booking_is_published(app: Flask) -> None:
    centre, slot, adult = a_sale(address="Storgata 1; Bergen, Norge")
    calendar = calendar_of(facts_of(a_confirmed_booking(slot, adult).booking_id), centre)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"]) == ("PUBLISH", "CONFIRMED")
    assert event["LOCATION"] == "Storgata 1; Bergen, Norge"


def test_each_slot_of_a_booking_is_an_appointment_of_its_own(app: Flask, now: datetime) -> None:
    centre, facts = a_visit_with_a_show(now)
    events = calendar_of(facts, centre).walk("VEVENT")
    assert [event["SUMMARY"].split(",")[0] for event in events] == ["Inngang", "Show"]
    assert len({event["UID"] for event in events}) == 2


@pytest.mark.parametrize(
    ("day", "hours_from_utc"), [(datetime(2029, 3, 24, tzinfo=UTC), 1), (datetime(2029, 3, 25, tzinfo=UTC), 2)]
)
def test_appointments_are_right_on_both_sides_of_the_clock_change(
    app: Flask, day: datetime, hours_from_utc: int
) -> None:
    centre, _, _ = a_sale(timezone="Europe/Oslo")
    activity = an_activity(title="Inngang II")
    ten = day.replace(hour=10 - hours_from_utc)
    held = a_confirmed_booking(a_slot(activity, starts_at=ten), a_ticket_type(activity), 1)
    calendar = calendar_of(facts_of(held.booking_id), centre)
    (event,) = calendar.walk("VEVENT")
    start = event["DTSTART"].dt
    assert (start.hour, start.minute, start.utcoffset()) == (10, 0, timedelta(hours=hours_from_utc))
    assert start == ten
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == event["DTSTART"].params["TZID"] == "Europe/Oslo"


def test_the_hour_that_comes_twice_is_written_so_that_no_reader_can_take_it_for_the_other(app: Flask) -> None:
    centre, _, _ = a_sale(timezone="Europe/Oslo")
    activity = an_activity(title="Natt på museet")
    first, second = datetime(2029, 10, 28, 0, 30, tzinfo=UTC), datetime(2029, 10, 28, 1, 30, tzinfo=UTC)
    for starts_at in (first, second):
        held = a_confirmed_booking(a_slot(activity, starts_at=starts_at), a_ticket_type(activity), 1)
        (event,) = calendar_of(facts_of(held.booking_id), centre).walk("VEVENT")
        assert event["DTSTART"].to_ical() == f"{starts_at:%Y%m%dT%H%M%SZ}".encode()


@pytest.mark.parametrize("zone", ["Europe/Oslo", "Europe/Riga", "Atlantic/Reykjavik", "UTC"])
def test_the_rules_of_a_time_zone_that_are_kept_are_those_that_the_library_writes(
    monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    centre = replace(NOT_YET, timezone=zone, email="post@example.org", address="Bergen")
    starts = datetime(2026, 7, 1, 10, tzinfo=UTC)
    appointments = [
        Appointment(f"{day}@x", "BEGIN:VEVENT\r\nå", starts, starts + timedelta(days=day)) for day in (1, 200)
    ]

    def file() -> bytes:
        return calendar_file(
            appointments, centre=centre, version=1, made_at=starts, address="https://x", text="BEGIN:VEVENT\n" * 9
        )

    kept = [file(), file()]
    monkeypatch.setattr(module, "rules_of", lambda _zone: b"")
    theirs = Calendar.from_ical(file())
    theirs.add_missing_timezones()
    assert kept == [theirs.to_ical()] * 2
