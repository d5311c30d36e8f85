"""A letter that was sent, sent once more."""

from __future__ import annotations

from datetime import datetime

from booking.kernel.database import db
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import LET_THROUGH, promise
from booking.records.audit import note

# Letters that hold a way in, or that are about a moment, are asked for where they come from.
NOT_AGAIN = frozenset(
    {
        "mail.find", "mail.invitation", "mail.newsletter", "mail.news_link", "mail.news", "mail.news_trial",
        "mail.reminder", "mail.offer", "mail.visit_offer", "mail.visit_week", "mail.visit_number",
        "mail.visit_feedback", "mail.visit_waiting", "mail.my_visits", "mail.gift_card", "mail.withdraw_link",
        "mail.annual_pass",
    }
)  # fmt: skip


def may_go_again(kind: str, state: PromiseState) -> bool:
    """Whether a letter of this kind, standing so, may be sent once more."""
    return kind.startswith("mail.") and kind not in NOT_AGAIN and state is PromiseState.DONE


def resend(promise_id: int, actor: str, now: datetime) -> bool:
    """Promise a letter once more; call inside a unit of work. False for what cannot be sent again.

    By the second, so that a button pressed twice is one letter.
    """
    letter = db.session.get(Promise, promise_id)
    if letter is None or not may_go_again(letter.kind, letter.state):
        return False
    second = int(now.timestamp())
    promise(letter.kind, f"resend:{promise_id}:{second}", {**letter.about, "again": second, LET_THROUGH: True})
    note(actor, "outbox.resend", f"promise:{promise_id}", None, {"kind": letter.kind})
    return True
