"""A pass as a file: its parts, a list of what they are, and the signature of that list, in one archive (.pkpass)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from booking.wallet_keys import AppleWallet

KIND = "application/vnd.apple.pkpass"


def packed(content: Mapping[str, object], pictures: Mapping[str, bytes], keys: AppleWallet) -> bytes:
    """The pass, signed."""
    files = {"pass.json": json.dumps(content, ensure_ascii=False).encode(), **pictures}
    files["manifest.json"] = manifest_of(files)
    files["signature"] = signature_of(files["manifest.json"], keys)
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, part in files.items():
            archive.writestr(ZipInfo(name), part)  # of no date: the same pass is the same but for its signature
    return out.getvalue()


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """What each part is, by SHA-1 as Apple wants it; what is believed is the signature."""
    return json.dumps(
        {name: hashlib.sha1(part, usedforsecurity=False).hexdigest() for name, part in files.items()}
    ).encode()


def signature_of(manifest: bytes, keys: AppleWallet) -> bytes:
    """PKCS #7, apart from what it signs, with Apple's certificate in it and the time of signing."""
    certificate, issuer, key = _loaded(keys)
    signing = PKCS7SignatureBuilder().set_data(manifest).add_signer(certificate, key, SHA256())
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
    return signing.add_certificate(issuer).sign(Encoding.DER, options)


@lru_cache(maxsize=2)
def _loaded(keys: AppleWallet) -> tuple[x509.Certificate, x509.Certificate, RSAPrivateKey]:
    """Read once in a process: proving that a key is one takes longer than signing with it."""
    key = load_pem_private_key(keys.key, keys.password)
    assert isinstance(key, RSAPrivateKey)  # looked at when the settings were read
    return x509.load_pem_x509_certificate(keys.certificate), x509.load_pem_x509_certificate(keys.issuer), key
