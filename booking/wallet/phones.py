"""Phones that have a pass: they say so, ask which passes are newer, and say when a pass is thrown away."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from booking.bookings.models import Booking
from booking.bookings.queries import BookingFacts, by_reference
from booking.kernel.codes import read_reference
from booking.kernel.database import as_values, db, insert_once, run
from booking.wallet.models import WalletPass, WalletPhone
from booking.wallet.party import has_pass
from booking.wallet.serials import token_of

MOST_PHONES = 30  # of one pass: a party hands it on, but nobody to hundreds
# Seconds: a change that was being written while another was told of has the lower tag, and comes after it. What a
# phone is told of once too often it asks for, and hears that it has it.
OVERLAP = 60
_DEVICE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PUSH_TOKEN = re.compile(r"[A-Fa-f0-9]{16,200}")


class TooManyPhones(Exception):
    """The pass is in as many phones as it may be."""


@dataclass(frozen=True, slots=True)
class NewerPass:
    """A pass that a phone may have an older one of."""

    serial: str
    tag: int


def is_device(text: str) -> bool:
    """Whether a phone may call itself so."""
    return _DEVICE.fullmatch(text) is not None


def is_push_token(text: str) -> bool:
    """Whether Apple's service may know a phone by this."""
    return _PUSH_TOKEN.fullmatch(text) is not None


def booking_of(serial: str, token: str) -> BookingFacts | None:
    """The booking whose pass is called so, for whoever has the pass; None for everybody else. One statement."""
    reference = read_reference(serial)
    facts = by_reference(reference) if reference is not None else None
    if facts is None or not has_pass(facts):
        return None
    return facts if hmac.compare_digest(token.encode(), token_of(facts).encode()) else None


def register(booking_id: int, device: str, push_token: str, now: datetime) -> bool:
    """A phone has the pass; call inside a unit of work. False when that was known. Raises TooManyPhones."""
    insert_once(WalletPass, "booking_id", {"booking_id": booking_id, "tag": int(now.timestamp())})
    db.session.get(WalletPass, booking_id, with_for_update=True)  # others wait, so that they are counted
    known = update(WalletPhone).where(WalletPhone.device == device, WalletPhone.booking_id == booking_id)
    if run(known.values(push_token=push_token).returning(WalletPhone.id)).first() is not None:
        return False
    number = db.session.scalar(select(func.count()).where(WalletPhone.booking_id == booking_id)) or 0
    if number >= MOST_PHONES:
        raise TooManyPhones
    db.session.add(WalletPhone(booking_id=booking_id, device=device, push_token=push_token, registered_at=now))
    return True


def unregister(booking_id: int, device: str) -> None:
    """A phone has thrown the pass away; call inside a unit of work. Doing it twice is doing it once."""
    run(delete(WalletPhone).where(WalletPhone.device == device, WalletPhone.booking_id == booking_id))


def newer_passes(device: str, since: int) -> list[NewerPass]:
    """Which of a phone's passes were changed since a tag, in one statement; 0: all that it has."""
    rows = run(
        select(Booking.reference, WalletPass.tag)
        .join(WalletPass, WalletPass.booking_id == Booking.id)
        .join(WalletPhone, WalletPhone.booking_id == WalletPass.booking_id)
        .where(WalletPhone.device == device, WalletPass.tag > since - OVERLAP)
        .order_by(WalletPass.tag, Booking.reference)
    )
    return as_values(NewerPass, rows)


def tag_of(booking_id: int) -> int | None:
    """When the pass was changed last, in seconds; None where no phone has said that it has it. One statement."""
    return db.session.scalar(select(WalletPass.tag).where(WalletPass.booking_id == booking_id))


def push_tokens_of(booking_id: int) -> list[str]:
    """By which numbers its phones are told, in one statement; a phone that has the pass twice is told once."""
    rows = run(select(WalletPhone.push_token).where(WalletPhone.booking_id == booking_id).distinct())
    return sorted(push_token for (push_token,) in rows)


def forget_push_token(booking_id: int, push_token: str) -> None:
    """Nobody is told by this number any more; call inside a unit of work."""
    run(delete(WalletPhone).where(WalletPhone.booking_id == booking_id, WalletPhone.push_token == push_token))
