"""Links that are signed, not kept: to a teacher's own visits, and to the question how a visit was.

The first says whose visits, ends by itself, and can be ended before by whoever has it: the laptop was lent, the mail
sent on. Who has the mailbox asks for a new one. No account, no password.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import select, update

from booking.kernel.database import db, insert_once
from booking.schools.link_models import EndedLinks

LIVES = timedelta(days=7)


def key_for(email: str, secret_key: str, now: datetime) -> str:
    """The last part of the address that is mailed."""
    return str(_sealer(secret_key).dumps([email, _milliseconds(now)]))


def email_of(key: str, secret_key: str, now: datetime) -> str | None:
    """Whose visits the link opens; None when it is not ours, has run out, or was ended."""
    try:
        found = _sealer(secret_key).loads(key)
    except BadData:
        return None
    match found:
        case [str(email), int(made)]:
            ended = db.session.scalar(
                select(EndedLinks.ended_at).where(EndedLinks.digest == _digest(email, secret_key))
            )
            runs_out = datetime.fromtimestamp(made / 1000, UTC) + LIVES
            return email if now < runs_out and (ended is None or _milliseconds(ended) < made) else None
    return None


def end_links(email: str, secret_key: str, now: datetime) -> None:
    """No link made until now opens these visits any more; call inside a unit of work."""
    digest = _digest(email, secret_key)
    if not insert_once(EndedLinks, "digest", {"digest": digest, "ended_at": now}):
        later = update(EndedLinks).where(EndedLinks.digest == digest, EndedLinks.ended_at < now).values(ended_at=now)
        db.session.execute(later.execution_options(synchronize_session=False))


def _sealer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="my-visits-of")


def _digest(email: str, secret_key: str) -> str:
    """What is kept of an address: enough to know it again with our key, and nothing without."""
    return hmac.new(secret_key.encode(), f"ended-links:{email}".encode(), hashlib.sha256).hexdigest()


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def feedback_key(booking_id: int, secret_key: str) -> str:
    """The last part of the address under which a visit says how it was; it opens nothing else."""
    return str(URLSafeTimedSerializer(secret_key, salt="feedback").dumps(booking_id))


def booking_of_feedback(key: str, secret_key: str) -> int | None:
    """Whose question the link answers; None when it is not ours. How long it can be answered follows from the visit."""
    try:
        found = URLSafeTimedSerializer(secret_key, salt="feedback").loads(key)
    except BadData:
        return None
    return found if isinstance(found, int) else None
