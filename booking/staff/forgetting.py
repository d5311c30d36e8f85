"""The end of sessions and links of staff, and of the words they typed that the log keeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from booking.kernel.database import db
from booking.kernel.forgetting import Forgetting, Keys, Remove, Rows
from booking.records.models import AuditEntry
from booking.staff.models import SignInLink, StaffSession
from booking.staff.sessions import SESSION_LIVES

KEPT = timedelta(days=30)  # links and sessions: long enough to ask "who was that?"
WORDS_KEPT = timedelta(days=90)
GONE = "…"  # as the log writes what it does not tell
# The entries that hold a reason in somebody's own words, under this name.
WITH_WORDS = (
    "booking.cancel_reason", "door.let_in_anyway", "invoice.write_off", "receivable.let_go", "refund.by_staff",
)  # fmt: skip
WORDS = "reason"


def _sessions(before: datetime) -> Select[str]:
    """The latest session of an account stays: it says when somebody was last here, and that there is one."""
    later = aliased(StaffSession)
    replaced = select(later.digest).where(
        later.account_id == StaffSession.account_id, later.begun_at > StaffSession.begun_at
    )
    return select(StaffSession.digest).where(StaffSession.begun_at < before, replaced.exists())


def _links(before: datetime) -> Select[str]:
    return select(SignInLink.digest).where(SignInLink.expires_at < before)


def _entries(before: datetime) -> Select[int]:
    spoken = or_(_speaks(AuditEntry.before), _speaks(AuditEntry.after))
    return select(AuditEntry.id).where(AuditEntry.action.in_(WITH_WORDS), AuditEntry.at < before, spoken)


def _speaks(facts: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    text = cast(facts, Text)
    return and_(text.contains(f'"{WORDS}":"', autoescape=True), ~text.contains(f'"{WORDS}":"{GONE}"', autoescape=True))


def blank_words(keys: Keys) -> None:
    """Take the words out of these entries, if there are any."""
    for entry in db.session.execute(
        select(AuditEntry.id, AuditEntry.before, AuditEntry.after).where(AuditEntry.id.in_(keys))
    ):
        quiet = {"before": _without_words(entry.before), "after": _without_words(entry.after)}
        db.session.execute(
            update(AuditEntry)
            .where(AuditEntry.id == entry.id)
            .values(quiet)
            .execution_options(synchronize_session=False)
        )


def _without_words(facts: dict[str, Any] | None) -> dict[str, Any] | None:
    return facts | {WORDS: GONE} if facts and WORDS in facts else facts


FORGETTINGS = (
    Forgetting("sessions of staff", SESSION_LIVES + KEPT, Rows(_sessions), Remove(StaffSession.digest)),
    Forgetting("links that signed staff in", KEPT, Rows(_links), Remove(SignInLink.digest)),
    Forgetting("words of staff in the log", WORDS_KEPT, Rows(_entries), blank_words),
)
