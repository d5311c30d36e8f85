"""Certificates as Apple issues them for a pass type, made by a test: nobody else trusts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from tests.support.certificates import VALID

PASS_TYPE, TEAM = "pass.org.example.visit", "TEAM123456"


@cache
def a_key(name: str) -> rsa.RSAPrivateKey:
    """A key, the same each time it is called so: making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the files lie, as settings name them."""

    root: Path
    issuer: Path
    certificate: Path
    key: Path

    @property
    def settings(self) -> dict[str, str]:
        return {
            "WALLET_APPLE_CERTIFICATE": str(self.certificate),
            "WALLET_APPLE_KEY": str(self.key),
            "WALLET_APPLE_ISSUER": str(self.issuer),
        }


def a_name(**parts: str) -> x509.Name:
    oids = {"cn": NameOID.COMMON_NAME, "uid": NameOID.USER_ID, "ou": NameOID.ORGANIZATIONAL_UNIT_NAME}
    return x509.Name([x509.NameAttribute(oids[part], value) for part, value in parts.items()])


def a_chain(
    folder: Path, *, pass_type: str = PASS_TYPE, ends_at: datetime = VALID[1], password: bytes | None = None
) -> Chain:
    """A root, who issues for it, and a pass type's certificate with its key, in this folder."""
    root, issuer = a_name(cn="Test Root"), a_name(cn="Test Developer Relations")
    subject = a_name(uid=pass_type, cn=f"Pass Type ID: {pass_type}", ou=TEAM)
    keys = a_key("root"), a_key("issuer"), a_key("pass")
    made = (
        _signed(root, root, keys[0], keys[0], VALID[1], is_authority=True),
        _signed(issuer, root, keys[1], keys[0], VALID[1], is_authority=True),
        _signed(subject, issuer, keys[2], keys[1], ends_at, is_authority=False),
    )
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / name for name in ("root.pem", "issuer.pem", "pass.pem")]
    for file, certificate in zip(files, made, strict=True):
        file.write_bytes(certificate.public_bytes(Encoding.PEM))
    sealed = BestAvailableEncryption(password) if password else NoEncryption()
    key = folder / "pass.key"
    key.write_bytes(keys[2].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed))
    root_file, issuer_file, pass_file = files
    return Chain(root_file, issuer_file, pass_file, key)


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    signer: rsa.RSAPrivateKey,
    ends_at: datetime,
    *,
    is_authority: bool,
) -> x509.Certificate:
    builder = x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), VALID[0], ends_at
    ).add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    return builder.sign(signer, SHA256())
