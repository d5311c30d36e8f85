"""The link by which teachers see their visits: it says whose, and ends by itself. No account, no password."""

from __future__ import annotations

from itsdangerous import BadData, URLSafeTimedSerializer

LIVES = 7 * 24 * 3600  # seconds


def key_for(email: str, secret_key: str) -> str:
    """The last part of the address that is mailed."""
    return str(URLSafeTimedSerializer(secret_key, salt="my-visits").dumps(email))


def email_of(key: str, secret_key: str) -> str | None:
    """Whose visits the link opens; None when it is not ours or has run out."""
    try:
        return str(URLSafeTimedSerializer(secret_key, salt="my-visits").loads(key, max_age=LIVES))
    except BadData:
        return None


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
