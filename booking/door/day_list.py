"""The day's tickets as a list that a browser keeps, to check against when the network is gone.

Codes are there only as hashes, and nobody's name: a lost phone tells nothing and opens nothing.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select

from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Channel, Slot
from booking.catalogue.models import Activity, TicketType
from booking.door.visits import visits_today
from booking.kernel.database import db, in_language

HASH_BYTES = 9  # of SHA-256: among a day's thousands two alike are not to be feared


def short_hash(code: str) -> str:
    """What the list has in place of a code; the browser makes the same of what it scans."""
    return urlsafe_b64encode(hashlib.sha256(code.encode()).digest()[:HASH_BYTES]).decode()


def day_list(start: datetime, end: datetime, lang: str) -> Mapping[str, Any]:
    """Every confirmed party of [start, end) with its tickets, small: keys are single letters, see the scan page.

    A party is [hash, reference, is a group, [[hash, slot, kind, admits, admitted], …]]; a visit has a fifth element:
    [from when, until when, the slots that its classes are counted in at].
    """
    today = select(Booking.id).where(Booking.starts_at >= start, Booking.starts_at < end)
    begun = select(Booking.id).where(
        Booking.last_at >= start, Booking.starts_at < start
    )  # before today, of several days
    rows = db.session.execute(
        select(
            Booking.code, Booking.reference, Booking.channel, Ticket.code, Slot.id, TicketType.id, Ticket.admits,
            Ticket.admitted, Slot.starts_at, Slot.ends_at, Slot.space_id, Activity.needs_admission, Activity.title,
            TicketType.title, Booking.id, Booking.expected_at, Booking.starts_at,
        )
        .join(Ticket, (Ticket.booking_id == Booking.id) & Ticket.void.is_(False))
        .join(Slot, Slot.id == Ticket.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(TicketType, TicketType.id == Ticket.ticket_type_id)
        .where(Booking.id.in_(today.union_all(begun)), Booking.state == State.CONFIRMED)
        .where(Slot.starts_at >= start, Slot.starts_at < end)  # of a pass, today's
        .order_by(Booking.id, Slot.starts_at, TicketType.sort, Ticket.id)
    ).all()  # fmt: skip
    slots = {
        row[4]: {
            "title": in_language(row[12], lang),
            "starts": row[8].isoformat(),
            "ends": row[9].isoformat(),
            "space": row[10],
            "entry": not row[11],
        }
        for row in rows
    }
    visits = visits_today(start, end)
    parties = []
    for (code, reference, channel), party_rows in groupby(rows, key=lambda row: tuple(row[:3])):
        tickets = list(party_rows)
        party = [
            short_hash(code),
            reference,
            int(channel is Channel.SCHOOL),
            [[short_hash(row[3]), row[4], row[5], row[6], row[7]] for row in tickets],
        ]
        visit = visits.get(tickets[0][14])
        if visit is not None and visit.ways_in:
            bus = tickets[0][15] or tickets[0][16]
            begins, ends = min(bus, tickets[0][16]), max(bus, *(row[9] for row in tickets))
            party.append([begins.isoformat(), ends.isoformat(), sorted(visit.ways_in)])
        parties.append(party)
    return {"slots": slots, "kinds": {row[5]: in_language(row[13], lang) for row in rows}, "parties": parties}
