"""Certificates: issued once somebody has been let in and the course is over; checked by who has the code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from booking.bookings.models import Ticket
from booking.capacity.models import Slot
from booking.catalogue.models import Activity
from booking.centre.facts import CentreFacts
from booking.courses.models import Certificate, Participant
from booking.courses.rules import mark_of, name_mark_of
from booking.kernel.codes import new_secret
from booking.kernel.database import Texts, db
from booking.outbox.promises import promise
from booking.records.audit import note

ISSUED_WITHIN = timedelta(days=60)  # after the course; the names are kept for longer
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class CheckedCertificate:
    """What anybody with the code may know: never the name."""

    title: Texts
    held_on: date
    minutes: int
    is_withdrawn: bool


def issue_due(centre: CentreFacts, now: datetime) -> int:
    """Issue what is due, and promise the mails; call inside a unit of work, again until it returns 0."""
    due = db.session.execute(
        select(Participant, Activity.title, Activity.minutes, Slot.starts_at)
        .join(Ticket, Ticket.id == Participant.ticket_id)
        .join(Slot, Slot.id == Ticket.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(
            Participant.name != "",
            Participant.starts_at < now,
            Participant.starts_at > now - ISSUED_WITHIN,
            Participant.code == "",
            Ticket.admitted > 0,
            Slot.ends_at <= now,
        )
        .limit(MOST_AT_ONCE)
        .with_for_update(of=Participant, skip_locked=True)
    ).all()
    for participant, title, minutes, starts_at in due:
        _issue(participant, title, centre.local(starts_at).date(), minutes, now)
    return len(due)


def withdraw(participant: Participant, now: datetime, actor: str) -> None:
    """What was issued no longer holds, and a new one follows if they were there; call inside a unit of work."""
    if not participant.code:
        return
    db.session.execute(
        update(Certificate)
        .where(Certificate.mark == mark_of(participant.code), Certificate.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )
    note(actor, "certificate.withdraw", f"booking:{participant.booking_id}", None, {"participant": participant.id})
    participant.code = ""
    participant.version += 1


def look_up(code: str) -> CheckedCertificate | None:
    """The certificate with this code; None when there is none."""
    certificate = _with_code(code)
    return (
        None
        if certificate is None
        else CheckedCertificate(
            certificate.title, certificate.held_on, certificate.minutes, certificate.withdrawn_at is not None
        )
    )


def is_made_out_to(code: str, name: str) -> bool:
    """Whether this is the name on the certificate with this code."""
    certificate = _with_code(code)
    return certificate is not None and certificate.name_mark == name_mark_of(code, name)


def _with_code(code: str) -> Certificate | None:
    return db.session.scalar(select(Certificate).where(Certificate.mark == mark_of(code)))


def _issue(participant: Participant, title: Texts, held_on: date, minutes: int, now: datetime) -> None:
    participant.code = new_secret()
    db.session.add(
        Certificate(
            mark=mark_of(participant.code),
            name_mark=name_mark_of(participant.code, participant.name),
            title=title,
            held_on=held_on,
            minutes=minutes,
            issued_at=now,
        )
    )
    about = {"participant_id": participant.id, "booking_id": participant.booking_id}
    promise("mail.certificate", f"certificate:{participant.id}:{participant.version}", about)
