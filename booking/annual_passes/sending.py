"""What the letter with a pass needs: its code, made for it, sealed until it has gone, and then forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import bindparam, select, update

from booking.annual_passes.issue import OrderedPass, ordered, promise_letter
from booking.annual_passes.models import AnnualPass
from booking.annual_passes.standing import PassDays, PassStanding, standing
from booking.kernel.codes import new_secret
from booking.kernel.database import db, run, unit_of_work
from booking.staff.vault import Vault

SHOWN = 4  # the last signs of a code: so much stands on pages, and opens nothing


@dataclass(frozen=True, slots=True)
class PassFacts:
    """A pass as its buyer sees it."""

    id: int
    last_signs: str
    days: PassDays
    used_on: date | None
    sent_at: datetime | None
    bounced_at: datetime | None
    is_blocked: bool
    is_withdrawn: bool

    def standing(self, today: date) -> PassStanding:
        """Whether it may be used today."""
        return standing(self.days, today, is_blocked=self.is_blocked, is_withdrawn=self.is_withdrawn)


@dataclass(frozen=True, slots=True)
class PassToSend:
    """A pass as its letter says it; `code` is the only place where it stands in clear."""

    booking_id: int
    code: str
    days: PassDays
    order: OrderedPass


_OF_ORDER = select(
    AnnualPass.id, AnnualPass.last_signs, AnnualPass.first_day, AnnualPass.last_day, AnnualPass.used_on,
    AnnualPass.sent_at, AnnualPass.bounced_at, AnnualPass.blocked_at.is_not(None), AnnualPass.withdrawn_at.is_not(None),
).where(AnnualPass.booking_id == bindparam("booking"))  # fmt: skip


def pass_of(booking_id: int) -> PassFacts | None:
    """The pass that a booking bought, in one statement."""
    row = run(_OF_ORDER, {"booking": booking_id}).first()
    return None if row is None else PassFacts(row[0], row[1], PassDays(row[2], row[3]), *row[4:])


def hash_of(code: str) -> str:
    """What the database keeps of a code: of 128 random bits nobody finds it by trying."""
    return sha256(f"annual pass:{code}".encode()).hexdigest()


def to_send(pass_id: int, turn: int, secret_key: str) -> PassToSend | None:
    """A pass with its code, for the letter that was asked for the so-many-eth time; opens a unit of work of its own.

    None where another letter was asked for since, or this one has gone. However often it is tried, it says one code.
    """
    vault = Vault(secret_key)
    with unit_of_work():
        row = db.session.get_one(AnnualPass, pass_id, with_for_update={"key_share": True}, populate_existing=True)
        if row.asked != turn or row.sent_at is not None:
            return None
        code = vault.open(row.sealed) if row.sealed else None
        if code is None:
            code = new_secret()
            row.code_hash, row.last_signs, row.sealed = hash_of(code), code[-SHOWN:], vault.seal(code)
        booking_id, days = row.booking_id, PassDays(row.first_day, row.last_day)
    order = ordered(booking_id)
    return None if order is None else PassToSend(booking_id, code, days, order)


def has_gone(pass_id: int, turn: int, now: datetime) -> None:
    """The letter is with the mail server: its code is forgotten here; call inside a unit of work."""
    gone = update(AnnualPass).where(AnnualPass.id == pass_id, AnnualPass.asked == turn, AnnualPass.sent_at.is_(None))
    run(gone.values(sealed="", sent_at=now))


def came_back(pass_id: int, turn: int, now: datetime) -> None:
    """No server takes the letter; call inside a unit of work."""
    back = update(AnnualPass).where(AnnualPass.id == pass_id, AnnualPass.asked == turn, AnnualPass.sent_at.is_(None))
    run(back.values(bounced_at=now))


def send_anew(booking_id: int) -> bool:
    """Send the pass that a booking bought with a new code: the old one opens nothing from now on.

    Call inside a unit of work. False, and nothing, of one that was blocked or withdrawn from, or whose letter still
    waits.
    """
    anew = (
        update(AnnualPass)
        .where(
            AnnualPass.booking_id == booking_id, AnnualPass.blocked_at.is_(None), AnnualPass.withdrawn_at.is_(None),
            AnnualPass.sent_at.is_not(None) | AnnualPass.bounced_at.is_not(None),
        )
        .values(
            asked=AnnualPass.asked + 1, code_hash=None, last_signs="", sealed="", sent_at=None, bounced_at=None
        )
        .returning(AnnualPass.id, AnnualPass.asked)
    )  # fmt: skip
    row = run(anew).first()
    if row is None:
        return False
    promise_letter(row.id, row.asked)
    return True
