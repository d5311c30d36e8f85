"""A calendar file that moves with the booking: the same UID each time, a higher SEQUENCE after each change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from booking.centre.facts import CentreFacts


@dataclass(frozen=True, slots=True)
class Appointment:
    """One thing to come to; `cancelled` when it was once sent and is no more."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False


def calendar_file(
    appointments: Sequence[Appointment],
    *,
    centre: CentreFacts,
    version: int,
    made_at: datetime,
    address: str,
    text: str,
    place: str = "",
    cancelled: bool = False,
) -> bytes:
    """The file as bytes (RFC 5545); times on the centre's wall clock with its zone's rules in the file.

    `place` is the centre's own address unless said. Where some of it stands and some is gone, all is published, each
    with its status: the method CANCEL is for files in which nothing is left (RFC 5546, sections 3.2.1 and 3.2.5).
    """
    from icalendar import Calendar, Event, vCalAddress  # a good part of the start-up time, and only needed here

    calendar = Calendar()
    calendar.add("prodid", "-//Bestill//NO")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    zone = ZoneInfo(centre.timezone)
    for appointment in appointments:
        event = Event()
        event.add("uid", appointment.uid)
        event.add("sequence", version)
        event.add("dtstamp", made_at)
        event.add("dtstart", _written(appointment.starts_at, zone))
        event.add("dtend", _written(appointment.ends_at, zone))
        event.add("summary", appointment.title)
        event.add("location", place or centre.address)
        event.add("description", text)
        event.add("url", address)
        event.add("status", "CANCELLED" if cancelled or appointment.cancelled else "CONFIRMED")
        if centre.email:
            organizer = vCalAddress(f"mailto:{centre.email}")
            organizer.params["CN"] = centre.name.replace('"', "'")  # which no parameter may hold (RFC 5545, 3.2)
            event.add("organizer", organizer)
        calendar.add_component(event)
    head, begin, events = calendar.to_ical().partition(_FIRST_EVENT)
    made: bytes = head + rules_of(zone) + begin + events
    return made


def _written(moment: datetime, zone: ZoneInfo) -> datetime:
    """On the zone's wall clock, but in the hour that comes twice when summer ends: that in UTC.

    A file has no sign for the second one, and readers differ about which is meant (RFC 5545, 3.3.5, says the first).
    """
    wall = moment.astimezone(zone)
    comes_twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    return moment.astimezone(UTC) if comes_twice else wall


_FIRST_EVENT = b"BEGIN:VEVENT\r\n"  # stands at the beginning of a line only: what is folded begins with a space


@cache
def rules_of(zone: ZoneInfo) -> bytes:
    """The rules of a time zone as they stand in each file. The library would work them out anew each time."""
    from icalendar import Calendar, Event

    calendar, event = Calendar(), Event()
    event.add("dtstart", datetime(2026, 1, 1, tzinfo=zone))
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return b"".join(rules.to_ical() for rules in calendar.timezones)


def method_of(file: bytes) -> str:
    """The method that a calendar file says; what carries it must say the same (RFC 6047, section 2.4)."""
    return "CANCEL" if b"\r\nMETHOD:CANCEL\r\n" in file else "PUBLISH"
