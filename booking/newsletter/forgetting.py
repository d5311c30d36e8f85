"""The end of who read the newsletter: a month after leaving, never having answered, or letters coming back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from booking.kernel.forgetting import Forgetting, Remove, Rows
from booking.newsletter.models import LeftMark, Subscriber, SubscriberState

UNANSWERED_KEPT = timedelta(days=30)
MARKS_KEPT = timedelta(days=3 * 365)  # as long as a copy or an old list may bring an address back

_ENDED = (SubscriberState.LEFT, SubscriberState.BOUNCED)


def _unanswered(before: datetime) -> Select[int]:
    return select(Subscriber.id).where(Subscriber.state == SubscriberState.ASKED, Subscriber.asked_at < before)


def _ended(before: datetime) -> Select[int]:
    return select(Subscriber.id).where(Subscriber.state.in_(_ENDED), Subscriber.ended_at < before)


def _marks(before: datetime) -> Select[str]:
    return select(LeftMark.mark).where(LeftMark.left_at < before)


forget_subscribers = Remove(Subscriber.id)

FORGETTINGS = (
    Forgetting("newsletter: never answered", UNANSWERED_KEPT, Rows(_unanswered), forget_subscribers),
    Forgetting("newsletter: left, or letters came back", UNANSWERED_KEPT, Rows(_ended), forget_subscribers),
    Forgetting("newsletter: mark of who left", MARKS_KEPT, Rows(_marks), Remove(LeftMark.mark)),
)
