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
