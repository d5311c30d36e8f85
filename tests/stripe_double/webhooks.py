"""Bring events to an address, signed, again and again until somebody takes them; or badly, when told to."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections import defaultdict

import requests

from tests.stripe_double.problems import Json
from tests.stripe_double.store import Store

# Stripe waits minutes, then hours; nobody here has that long.
PAUSES = (0.5, 1, 2, 4, 8, 15, 30, 60)
PATIENCE = 20


def signature(body: bytes, secret: str, at: int) -> str:
    """The Stripe-Signature header of a body."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Courier:
    """Brings new events by itself unless `held`; `bring` does it at once and tells how it went."""

    def __init__(self, store: Store, url: str, secret: str) -> None:
        self.store = store
        self.home = (url, secret)
        self.reset()

    def reset(self) -> None:
        """As at the start: one address, no tricks."""
        self.url, self.secret = self.home
        self.held = False
        self.copies = 1  # how often each event is brought
        self.drops = 0  # so many deliveries come to nothing
        self.gather = 0  # wait for so many events, then bring the newest first
        self.tries: dict[str, int] = defaultdict(int)
        self.due: dict[str, float] = {}

    def run(self) -> None:
        """Work for ever, in a thread."""
        while True:
            for event in self._due():
                self.bring(event)
            time.sleep(0.02)

    def _due(self) -> list[Json]:
        with self.store.lock:
            if self.held or not self.url:
                return []
            now = time.monotonic()
            waiting = [
                event
                for ref, event in self.store.undelivered.items()
                if self.due.get(ref, 0) <= now and self.tries[ref] <= len(PAUSES)
            ]
            if self.gather:
                if len(waiting) < self.gather:
                    return []
                self.gather = 0
                waiting.reverse()
            return waiting

    def bring(self, event: Json) -> list[int]:
        """Deliver one event now, as often as `copies` says; returns the statuses, 0 where nobody answered."""
        statuses = [self._post(event) for _ in range(self.copies)]
        with self.store.lock:
            number = self.tries[event["id"]]
            self.tries[event["id"]] += 1
            self.due[event["id"]] = time.monotonic() + PAUSES[min(number, len(PAUSES) - 1)]
            if any(200 <= status < 300 for status in statuses):
                self.store.delivered.add(event["id"])
                self.store.undelivered.pop(event["id"], None)
        return statuses

    def _post(self, event: Json) -> int:
        with self.store.lock:
            if self.drops:
                self.drops -= 1
                return 0
            body = json.dumps(event, indent=2).encode()
            at = self.store.now()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, self.secret, at),
        }
        try:
            return requests.post(self.url, data=body, headers=headers, timeout=PATIENCE).status_code
        except requests.RequestException:
            return 0

    def start(self) -> None:
        """Begin to work."""
        threading.Thread(target=self.run, name="courier", daemon=True).start()
