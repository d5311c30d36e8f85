"""What signs passes for phones' wallets: certificates and keys in files that the environment names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from booking import wires

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, Name, ObjectIdentifier

APPLE = ("WALLET_APPLE_CERTIFICATE", "WALLET_APPLE_KEY", "WALLET_APPLE_ISSUER")

Text = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class AppleWallet:
    """A pass type at Apple: its certificate, the key that belongs to it, and who issued it (Apple's WWDR), as PEM.

    The certificate itself says which pass type of which team it is for, and until when.
    """

    pass_type: str
    team: str
    ends_at: datetime
    certificate: bytes
    issuer: bytes
    push: str  # where phones are told of newer passes; without a slash at its end
    files: tuple[str, str]  # of certificate and key, for a connection that shows them
    key: bytes = field(repr=False)
    password: bytes | None = field(repr=False)


class _NotUsable(Exception):
    """A file that cannot be what it is said to be, as a sentence."""


def read_apple(text: Text, mistakes: list[str]) -> AppleWallet | None:
    """The pass type, where its files are named; what is wrong is added to the mistakes."""
    names = [text(name, "") for name in APPLE]
    if not any(names):
        return None
    if not all(names):
        mistakes.append(f"{', '.join(APPLE[:-1])} and {APPLE[-1]} must be set together.")
        return None
    push = text("WALLET_APPLE_PUSH", "https://api.push.apple.com").rstrip("/")
    if not wires.is_origin(push) or not push.startswith("https://"):
        mistakes.append("WALLET_APPLE_PUSH must be like https://api.push.apple.com.")
    password = text("WALLET_APPLE_KEY_PASSWORD", "").encode() or None
    try:
        certificate, key, issuer = (_content(name, file) for name, file in zip(APPLE, names, strict=True))
        pass_type, team, ends_at = _looked_at(certificate, key, issuer, password)
    except _NotUsable as error:
        mistakes.append(str(error))
        return None
    files = names[0], names[1]
    return AppleWallet(pass_type, team, ends_at, certificate, issuer, push, files, key, password)


def _content(name: str, file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a path"
        raise _NotUsable(f"{name} must name a file that can be read: {file} ({why}).") from None


def _looked_at(certificate: bytes, key: bytes, issuer: bytes, password: bytes | None) -> tuple[str, str, datetime]:
    """Pass type, team and end of a certificate whose key and issuer these are. Raises _NotUsable."""
    from cryptography.exceptions import InvalidSignature  # only where it is wanted: it takes a while to load
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509.oid import NameOID

    own, above = _certificate(APPLE[0], certificate), _certificate(APPLE[2], issuer)
    try:
        private = load_pem_private_key(key, password)
    except (ValueError, TypeError):
        raise _NotUsable(
            f"{APPLE[1]} must be a key in PEM, with its password in WALLET_APPLE_KEY_PASSWORD if it has one."
        ) from None
    if not isinstance(private, RSAPrivateKey) or private.public_key() != own.public_key():
        raise _NotUsable(f"{APPLE[1]} must be the key of the certificate in {APPLE[0]}.")
    try:
        own.verify_directly_issued_by(above)
    except (InvalidSignature, ValueError, TypeError):
        raise _NotUsable(
            f"{APPLE[2]} must be Apple's certificate that {APPLE[0]} was issued by: {own.issuer.rfc4514_string()}."
        ) from None
    pass_type, team = _part(own.subject, NameOID.USER_ID), _part(own.subject, NameOID.ORGANIZATIONAL_UNIT_NAME)
    if not pass_type.startswith("pass.") or not team:
        raise _NotUsable(f"{APPLE[0]} must be the certificate of a pass type, whose name begins with “pass.”.")
    return pass_type, team, own.not_valid_after_utc


def _certificate(name: str, content: bytes) -> Certificate:
    from cryptography.x509 import load_pem_x509_certificate

    try:
        return load_pem_x509_certificate(content)
    except ValueError:
        raise _NotUsable(f"{name} must be a certificate in PEM.") from None


def _part(name: Name, oid: ObjectIdentifier) -> str:
    parts = name.get_attributes_for_oid(oid)
    return str(parts[0].value) if parts else ""
