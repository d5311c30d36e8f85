"""Start a stand-in in a process of its own and pull its levers from a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from tests.stripe_double.problems import Json

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "sk_test_x"
WEBHOOK_SECRET = "whsec_x"


class Double:
    """A running stand-in; `stop` ends it. Events are held back until `deliver` or `webhooks(held=False)`."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.stripe_double", "--port", "0", "--webhook-url", ""]
        self.process = subprocess.Popen(
            [*command, "--webhook-secret", WEBHOOK_SECRET], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        if self.process.stdout is None:
            raise RuntimeError("no standard output")
        self.base = self.process.stdout.readline().rsplit(" ", 1)[-1].strip()
        self.http = requests.Session()

    def stop(self) -> None:
        """End the process."""
        self.http.close()
        self.process.terminate()
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def pull(self, lever: str, **wish: object) -> Json:
        """Pull a lever; raises when it does not exist or does not move."""
        answer = self.http.post(f"{self.base}/control/{lever}", json=wish, timeout=60)
        answer.raise_for_status()
        told: Json = answer.json()
        return told

    def reset(self) -> None:
        """Forget everything; events are held back again."""
        self.pull("reset")
        self.webhooks(held=True)

    def pay(self, session: str, how: str = "card", **more: int) -> Json:
        """Somebody pays: "card", "declined", "later", "later_fails"."""
        return self.pull("pay", session=session, how=how, **more)

    def bank(self, session: str, *, pays: bool) -> None:
        """The bank of a delayed payment answers."""
        self.pull("bank", session=session, pays=pays)

    def advance(self, seconds: float) -> None:
        """Let time pass at Stripe."""
        self.pull("advance", seconds=seconds)

    def fault(self, what: str, *, path: str = "/v1/", **more: object) -> None:
        """Order a mishap for the next request to a path: "500", "429", "hang" or "cut"; see faults.Fault."""
        self.pull("fault", what=what, path=path, **more)

    def webhooks(self, **how: object) -> None:
        """How events are brought: url, secret, held, copies, drops, gather."""
        self.pull("webhooks", **how)

    def deliver(self, **which: object) -> list[Json]:
        """Bring events now and tell how each went."""
        told: list[Json] = self.pull("deliver", **which)["data"]
        return told

    def requests(self, method: str = "", path: str = "") -> list[Json]:
        """What was asked, oldest first; `path` is how it begins."""
        requests: list[dict[str, Any]] = self.pull("requests")["data"]
        return [
            request for request in requests if request["method"].startswith(method) and request["path"].startswith(path)
        ]
