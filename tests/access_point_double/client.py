"""Start a stand-in in a process of its own and pull its levers from a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import requests

from tests.access_point_double.server import KEY, SECRET
from tests.access_point_double.store import Json

ROOT = Path(__file__).resolve().parents[2]


class AccessPointProcess:
    """A running stand-in; `stop` ends it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.access_point_double", "--port", "0"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        if self.process.stdout is None:
            raise RuntimeError("no standard output")
        self.base = self.process.stdout.readline().rsplit(" ", 1)[-1].strip()
        self.http = requests.Session()

    @property
    def environment(self) -> dict[str, str]:
        """What sets us up to send through it."""
        return {
            "ACCESS_POINT_URL": self.base,
            "ACCESS_POINT_KEY": KEY,
            "ACCESS_POINT_WEBHOOK_SECRET": SECRET,
        }

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

    def fault(self, what: str, *, path: str, **more: object) -> None:
        """Order a mishap for the next request to a path: "500", "429", "hang" or "cut"."""
        self.pull("fault", what=what, path=path, **more)

    def held(self) -> list[Json]:
        """The documents that it has taken."""
        documents: list[Json] = self.pull("held")["data"]
        return documents

    def asked(self, begins: str = "") -> list[str]:
        """What it was asked, oldest first."""
        return [request for request in self.pull("asked")["data"] if request.startswith(begins)]
