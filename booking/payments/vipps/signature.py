"""Whether Vipps sent a body: HMAC-SHA256 over method, path, date, host and the body's own digest.

As its documentation has it (Webhooks API, request authentication): the key is the secret's characters as they stand,
not what they would be decoded from Base64. The host is the public one, which a proxy may have changed on the way.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode

SCHEME = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="
LONGEST_DATE = 64


def digest_of(body: bytes) -> str:
    """What stands in the header x-ms-content-sha256."""
    return b64encode(hashlib.sha256(body).digest()).decode()


def sign(body: bytes, secret: str, path: str, date: str, host: str) -> str:
    """What stands in the header Authorization; `path` with its query."""
    told = f"POST\n{path}\n{date};{host};{digest_of(body)}"
    return SCHEME + b64encode(hmac.new(secret.encode(), told.encode(), hashlib.sha256).digest()).decode()


def is_signed(body: bytes, secret: str, path: str, date: str, host: str, authorization: str) -> bool:
    """Whether the body, and what the headers say of it, is signed with the secret. Nothing is believed of its age:
    what it says is looked up, so that an old one does no harm."""
    if not secret or not date or len(date) > LONGEST_DATE:
        return False
    expected = sign(body, secret, path, date, host)
    return hmac.compare_digest(expected.encode(), authorization.encode("utf-8", "surrogateescape"))
