"""A stand-in for an outside service in a process of its own, whose levers a test pulls."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]


class StandIn:
    """`python -m module` with these words, which says its address at the end of its first line; `stop` ends it."""

    def __init__(self, module: str, *words: str) -> None:
        command = [sys.executable, "-m", module, "--port", "0", *words]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
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

    def pull(self, lever: str, **wish: object) -> dict[str, Any]:
        """Pull a lever; raises when it does not exist or does not move."""
        answer = self.http.post(f"{self.base}/control/{lever}", json=wish, timeout=60)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def fault(self, what: str, *, path: str, **more: object) -> None:
        """Order a mishap for the next request to a path, such as "500", "409", "hang" or "cut"; see faults.Fault."""
        self.pull("fault", what=what, path=path, **more)
