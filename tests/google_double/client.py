"""Start the stand-in in a process of its own, with an account's key, and pull its levers from a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from booking.google_wallet_keys import GoogleWallet, read_google
from tests.google_double.server import EMAIL, ISSUER
from tests.support.stand_in import StandIn
from tests.wallet.chain import a_key


class Google(StandIn):
    """A running stand-in; `stop` ends it. It believes the key whose file is made in this folder."""

    def __init__(self, folder: Path) -> None:
        key, public = a_key("google"), folder / "public.pem"
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        super().__init__("tests.google_double", "--key", str(public))
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self.file = folder / "account.json"
        account = {
            "type": "service_account", "client_email": EMAIL, "private_key_id": "k1", "private_key": pem,
            "token_uri": f"{self.base}/token",
        }  # fmt: skip
        self.file.write_text(json.dumps(account))

    @property
    def settings(self) -> dict[str, str]:
        """What the environment says of it."""
        return {
            "WALLET_GOOGLE_KEY": str(self.file), "WALLET_GOOGLE_ISSUER": ISSUER, "WALLET_GOOGLE_API": self.base
        }  # fmt: skip

    def keys(self) -> GoogleWallet:
        """The same, read."""
        mistakes: list[str] = []
        keys = read_google(lambda name, default: self.settings.get(name, default), mistakes)
        assert keys is not None and mistakes == []
        return keys

    def follow(self, link: str) -> int:
        """Somebody has come by the link to Google, and saves the pass; the status."""
        statement = link.removeprefix("https://pay.google.com/gp/v/save/")
        assert statement != link
        return self.http.get(f"{self.base}/gp/v/save/{statement}", timeout=10).status_code

    def saved(self, kind: str) -> dict[str, Any]:
        """The pass that was saved, as it stands there."""
        (told,) = [content for name, content in self.pull("passes").items() if name.startswith(kind)]
        stands: dict[str, Any] = told
        return stands

    def asked(self, method: str, path: str = "") -> int:
        """How often."""
        return len(
            [call for call in self.pull("requests")["data"] if call["method"] == method and path in call["path"]]
        )
