"""A signed statement (JWT, RS256): what we say to Google, so that it knows who says it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from booking.google_wallet_keys import GoogleWallet


def signed(claims: Mapping[str, object], keys: GoogleWallet) -> str:
    """These claims in three parts, the last of which is the signature."""
    header = {"alg": "RS256", "typ": "JWT", "kid": keys.key_id}
    statement = f"{_part(header)}.{_part(claims)}"
    return f"{statement}.{_text(_loaded(keys.key).sign(statement.encode(), PKCS1v15(), SHA256()))}"


def _part(value: Mapping[str, object]) -> str:
    return _text(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@lru_cache(maxsize=2)
def _loaded(key: bytes) -> RSAPrivateKey:
    """Read once in a process: proving that a key is one takes longer than signing with it."""
    loaded = load_pem_private_key(key, None)
    assert isinstance(loaded, RSAPrivateKey)  # looked at when the settings were read
    return loaded
