"""Bring news to an address, signed as Vipps signs; or badly, when told to."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from base64 import b64encode
from email.utils import formatdate
from urllib.parse import urlsplit

import requests

from tests.vipps_double.ledger import Json, Ledger

PATIENCE = 20


def headers_of(body: bytes, secret: str, url: str, at: float, host: str = "") -> dict[str, str]:
    """The headers that a body comes with, by Vipps' documentation, written without a look at our own reading of it."""
    parts = urlsplit(url)
    digest = b64encode(hashlib.sha256(body).digest()).decode()
    date, path = formatdate(at, usegmt=True), parts.path + (f"?{parts.query}" if parts.query else "")
    told = f"POST\n{path}\n{date};{host or parts.netloc};{digest}"
    signature = b64encode(hmac.new(secret.encode(), told.encode(), hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "x-ms-date": date,
        "x-ms-content-sha256": digest,
        "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
    }


class NewsCourier:
    """Brings news by itself unless `held`; `bring` does it at once and tells how it went."""

    def __init__(self, ledger: Ledger, url: str, secret: str) -> None:
        self.ledger, self.url, self.secret = ledger, url, secret
        self.host = ""  # the public one, where a proxy would change it
        self.held = not url

    def start(self) -> None:
        """Begin to work."""
        threading.Thread(target=self._run, name="courier", daemon=True).start()

    def _run(self) -> None:
        while True:
            if not self.held:
                self.bring({})
            time.sleep(0.3)

    def bring(self, wish: Json) -> list[int]:
        """Bring what nobody took yet, or `all` of it again; "names" are the kinds wanted, "newest_first" turns the
        order, "copies" is how often, "most" how many of them, the first."""
        with self.ledger.lock:
            self.ledger.tick()
            waiting = [
                (place, event)
                for place, event in enumerate(self.ledger.news)
                if (wish.get("all") or place not in self.ledger.brought)
                and event["name"] in wish.get("names", [event["name"]])
            ]
        if wish.get("newest_first"):
            waiting.reverse()
        waiting = waiting[: int(wish.get("most", len(waiting)))]
        statuses = []
        for place, event in waiting * int(wish.get("copies", 1)):
            statuses.append(self._post(event))
            if statuses[-1] == 200:
                self.ledger.brought.add(place)
        return statuses

    def _post(self, event: Json) -> int:
        body = json.dumps(event).encode()
        headers = headers_of(body, self.secret, self.url, self.ledger.now(), self.host)
        try:
            return requests.post(self.url, data=body, headers=headers, timeout=PATIENCE).status_code
        except requests.RequestException:
            return 0
