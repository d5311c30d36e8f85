"""A pass as a phone takes it: every part must be as it was signed, and who signed must be trusted."""

from __future__ import annotations

import hashlib
import json
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tests.wallet.chain import Chain


def parts_of(file: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(file)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def is_signed(parts: dict[str, bytes], chain: Chain, folder: Path) -> bool:
    """Whether openssl, which trusts the chain's root alone, believes the signature of the list of parts."""
    signature, manifest = folder / "signature", folder / "manifest.json"
    signature.write_bytes(parts["signature"])
    manifest.write_bytes(parts["manifest.json"])
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(signature)]
    trusted = ["-content", str(manifest), "-CAfile", str(chain.root), "-purpose", "any", "-out", "/dev/null"]
    return subprocess.run([*command, *trusted], check=False, capture_output=True).returncode == 0


def is_whole(parts: dict[str, bytes]) -> bool:
    """Whether each part is the one that the list says, and no other is there."""
    listed = json.loads(parts["manifest.json"])
    others = {name: part for name, part in parts.items() if name not in ("manifest.json", "signature")}
    return bool({name: hashlib.sha1(part).hexdigest() for name, part in others.items()} == listed)


def content(file: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(parts_of(file)["pass.json"])
    return told


def shown(file: bytes) -> dict[str, str]:
    """What is to be read on the pass, by its key."""
    groups = content(file)["eventTicket"].values()
    return {field["key"]: field["value"] for fields in groups for field in fields}
