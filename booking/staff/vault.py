"""What is kept of secrets that must be read again, locked with keys derived from SECRET_KEY."""

from __future__ import annotations

import hashlib
import hmac
from functools import cached_property
from typing import TYPE_CHECKING

from booking.kernel.codes import ALPHABET, SECRET_LENGTH

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class Vault:
    """Seals short texts (AES-128-CBC with HMAC, RFC 5869 for its key) and makes secrets that can be made again."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key.encode()

    def seal(self, text: str) -> str:
        """The text so that only this installation can read it."""
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str, seconds: int | None = None) -> str | None:
        """What was sealed, at most `seconds` ago if said; None for anything else."""
        from cryptography.fernet import InvalidToken

        try:
            return self._box.decrypt(sealed.encode(), ttl=seconds).decode()
        except (InvalidToken, UnicodeError):
            return None

    def secret_for(self, nonce: str) -> str:
        """A secret with 130 bits that the same nonce gives again: the outbox keeps the nonce, never the secret."""
        number = int.from_bytes(hmac.digest(self._key(b"links"), nonce.encode(), hashlib.sha256))
        return "".join(ALPHABET[number >> 5 * place & 31] for place in range(SECRET_LENGTH))

    @cached_property
    def _box(self) -> Fernet:
        import base64

        from cryptography.fernet import Fernet

        return Fernet(base64.urlsafe_b64encode(self._key(b"seal")))

    def _key(self, purpose: bytes) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), 32, salt=None, info=b"bestill staff " + purpose).derive(self._secret_key)
