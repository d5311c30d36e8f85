"""A calendar file that moves with the booking: the same UID each time, a higher SEQUENCE after each change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Appointment:
    """One thing to come to."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime


def calendar_file(
    appointments: list[Appointment],
    *,
    timezone: str,
    version: int,
    made_at: datetime,
    place: str,
    address: str,
    text: str,
    cancelled: bool = False,
) -> bytes:
    """The file as bytes (RFC 5545); times on the centre's wall clock with its zone's rules in the file."""
    from icalendar import Calendar, Event  # a good part of the start-up time, and only needed here

    calendar = Calendar()
    calendar.add("prodid", "-//Bestill//NO")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    zone = ZoneInfo(timezone)
    for appointment in appointments:
        event = Event()
        event.add("uid", appointment.uid)
        event.add("sequence", version)
        event.add("dtstamp", made_at)
        event.add("dtstart", appointment.starts_at.astimezone(zone))
        event.add("dtend", appointment.ends_at.astimezone(zone))
        event.add("summary", appointment.title)
        event.add("location", place)
        event.add("description", text)
        event.add("url", address)
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    made: bytes = calendar.to_ical()
    return made
