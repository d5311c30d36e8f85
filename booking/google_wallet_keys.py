"""What signs passes for Google's wallet, and asks Google to change them: a service account's key in a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from booking import wires

GOOGLE = ("WALLET_GOOGLE_KEY", "WALLET_GOOGLE_ISSUER")
API, TOKENS = "https://walletobjects.googleapis.com", "https://oauth2.googleapis.com/token"

Text = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class GoogleWallet:
    """An issuer of passes at Google, and the account that speaks for it."""

    issuer: str
    email: str
    key_id: str
    tokens: str  # where a key is shown for a token
    api: str  # without a slash at its end
    key: bytes = field(repr=False)


class _NoAccount(Exception):
    """A file that cannot be what it is said to be, as a sentence."""


def read_google(text: Text, mistakes: list[str]) -> GoogleWallet | None:
    """The issuer, where it is named; what is wrong is added to the mistakes."""
    file, issuer = (text(name, "") for name in GOOGLE)
    if not file and not issuer:
        return None
    if not file or not issuer:
        mistakes.append(f"{GOOGLE[0]} and {GOOGLE[1]} must be set together.")
        return None
    if not re.fullmatch("[0-9]{1,32}", issuer):
        mistakes.append(f"{GOOGLE[1]} must be the issuer's number, of digits alone.")
    api = text("WALLET_GOOGLE_API", API).rstrip("/")
    if not wires.is_origin(api):
        mistakes.append(f"WALLET_GOOGLE_API must be like {API}.")
    try:
        email, key_id, tokens, key = _account(file)
    except _NoAccount as error:
        mistakes.append(str(error))
        return None
    return GoogleWallet(issuer, email, key_id, tokens, api, key)


def _account(file: str) -> tuple[str, str, str, bytes]:
    """Address, name of the key, where tokens are had, and the key. Raises _NoAccount."""
    try:
        told = json.loads(Path(file).read_bytes())
    except OSError as error:
        raise _NoAccount(f"{GOOGLE[0]} must name a file that can be read: {file} ({error.strerror}).") from None
    except (ValueError, RecursionError):
        told = None
    names = ("client_email", "private_key_id", "private_key")
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str) and told[name] for name in names):
        raise _NoAccount(f"{GOOGLE[0]} must be the JSON file of a service account's key, as Google makes it.")
    tokens = told.get("token_uri") or TOKENS
    if not isinstance(tokens, str) or not wires.is_service(tokens):
        raise _NoAccount(f"token_uri in {GOOGLE[0]} must be like {TOKENS}.")
    key = told["private_key"].encode()
    if not _is_rsa(key):
        raise _NoAccount(f"private_key in {GOOGLE[0]} must be an RSA key in PEM, without a password.")
    return told["client_email"], told["private_key_id"], tokens, key


def _is_rsa(key: bytes) -> bool:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # it takes a while to load
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return isinstance(load_pem_private_key(key, None), RSAPrivateKey)
    except (ValueError, TypeError):
        return False
