"""Letters that come back: whether the address is at fault, and when it is taken off the list.

What a mail server says of a recipient is a code of three figures (RFC 5321) and, of most, an enhanced one (RFC 3463).
Only what says that there is no such mailbox takes an address off at once. What says that it is full, away or too busy
is counted, and ends it after some. What is about us (our sender, our network, the content) is nobody's bounce.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from booking.kernel.database import db
from booking.newsletter.models import Subscriber, SubscriberState
from booking.newsletter.subscribers import take_off

MOST_BOUNCES = 5  # for a while, since the last yes
_ENHANCED = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.])")


class Bounce(StrEnum):
    """Whose fault it is that a letter did not arrive."""

    GONE = "gone"  # there is no such mailbox
    AWAY = "away"  # not now
    OURS = "ours"  # the address is not to blame


def judge(code: int, reply: str) -> Bounce:
    """By the code of the reply and its words, or by the status of a report (0 for the code)."""
    enhanced = _ENHANCED.search(reply)
    if enhanced is None:
        return Bounce.GONE if code in (550, 551, 553) else Bounce.AWAY if 400 <= code < 500 else Bounce.OURS
    kind, about, detail = (int(part) for part in enhanced.groups())
    if kind == 4:
        return Bounce.AWAY
    if about == 1 and detail in (1, 2, 3, 6, 10):  # no such mailbox, system or syntax; moved; no mail at all there
        return Bounce.GONE
    if about == 2:
        return Bounce.GONE if detail == 1 else Bounce.AWAY  # disabled; or full, too long
    return Bounce.AWAY if about in (3, 4) else Bounce.OURS


def status_of(reply: str) -> str:
    """The enhanced code in what a server said; "" for none."""
    enhanced = _ENHANCED.search(reply)
    return enhanced[0] if enhanced else ""


def note_bounce(email: str, bounce: Bounce, code: str, now: datetime) -> Bounce | None:
    """Count it, and take the address off the list when it is time; call inside a unit of work.

    None for an address that nothing is sent to anyway.
    """
    query = select(Subscriber).where(Subscriber.email == email).with_for_update(key_share=True)
    subscriber = db.session.scalar(query.execution_options(populate_existing=True))
    if subscriber is None or subscriber.state not in (SubscriberState.ASKED, SubscriberState.CONFIRMED):
        return None
    if bounce is Bounce.OURS:
        return bounce
    subscriber.bounce_code = code[:20]
    if bounce is Bounce.AWAY:
        subscriber.bounces += 1
    if bounce is Bounce.GONE or subscriber.bounces >= MOST_BOUNCES:
        take_off(subscriber, SubscriberState.BOUNCED, now)
        return Bounce.GONE
    subscriber.changed_at = now
    db.session.flush()
    return bounce
