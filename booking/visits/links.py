"""Links that are signed, not kept: to a teacher's own visits, to the question how a visit was, to a yes by mail.

The first says whose visits, ends by itself, and can be ended before by whoever has it: the laptop was lent, the mail
sent on. Who has the mailbox asks for a new one. No account, no password.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import select, update

from booking.kernel.database import db, insert_once
from booking.visits.models import EndedLinks

LIVES = timedelta(days=7)
PROOF_LIVES = timedelta(days=180)


def key_for(email: str, secret_key: str, now: datetime) -> str:
    """The last part of the address that is mailed."""
    return str(_sealer(secret_key).dumps([email, _milliseconds(now)]))


def email_of(key: str, secret_key: str, now: datetime) -> str | None:
    """Whose visits the link opens; None when it is not ours, has run out, or was ended."""
    try:
        content = _sealer(secret_key).loads(key)
    except BadData:
        return None
    match content:
        case [str(email), int(made)]:
            runs_out = datetime.fromtimestamp(made / 1000, UTC) + LIVES
            return email if now < runs_out and not _was_ended(_digest(email, secret_key), made) else None
    return None


def end_links(email: str, secret_key: str, now: datetime) -> None:
    """No link made until now opens these visits any more; call inside a unit of work."""
    digest = _digest(email, secret_key)
    if not insert_once(EndedLinks, "digest", {"digest": digest, "ended_at": now}):
        later = update(EndedLinks).where(EndedLinks.digest == digest, EndedLinks.ended_at < now).values(ended_at=now)
        db.session.execute(later.execution_options(synchronize_session=False))


def proof_of(email: str, secret_key: str, now: datetime) -> str:
    """What a browser keeps that has opened a link mailed to this address; it opens nothing, and names nobody."""
    return str(_prover(secret_key).dumps([_digest(email, secret_key), _milliseconds(now)]))


def proves(proof: str, email: str, secret_key: str, now: datetime) -> bool:
    """Whether a browser with this proof reads the address's mail: half a year long, unless the links were ended."""
    try:
        content = _prover(secret_key).loads(proof)
    except BadData:
        return False
    match content:
        case [str(digest), int(made)] if hmac.compare_digest(digest, _digest(email, secret_key)):
            return now < datetime.fromtimestamp(made / 1000, UTC) + PROOF_LIVES and not _was_ended(digest, made)
    return False


@dataclass(frozen=True, slots=True)
class ConfirmationLink:
    """Which visit a letter asks about, and the mark of the address that it went to."""

    booking_id: int
    mark: str

    def is_for(self, email: str, secret_key: str) -> bool:
        """Whether the letter went to this address; it may have been corrected since."""
        return hmac.compare_digest(self.mark, _digest(email, secret_key))


def yes_key(booking_id: int, email: str, secret_key: str) -> str:
    """The last part of the address at which who has the mailbox says that the visit is theirs."""
    return str(URLSafeSerializer(secret_key, salt="visit-is-mine").dumps([booking_id, _digest(email, secret_key)]))


def booking_of_yes(key: str, secret_key: str) -> ConfirmationLink | None:
    """Which visit the link is about; None when it is not ours."""
    try:
        content = URLSafeSerializer(secret_key, salt="visit-is-mine").loads(key)
    except BadData:
        return None
    match content:
        case [int(booking_id), str(mark)]:
            return ConfirmationLink(booking_id, mark)
    return None


def _was_ended(digest: str, made: int) -> bool:
    ended = db.session.scalar(select(EndedLinks.ended_at).where(EndedLinks.digest == digest))
    return ended is not None and _milliseconds(ended) >= made


def _prover(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="reads-the-mail-of")


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
        content = URLSafeTimedSerializer(secret_key, salt="feedback").loads(key)
    except BadData:
        return None
    return content if isinstance(content, int) else None
