"""Several machines that serve one database: each a real server in a folder of its own, with its own port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.support.house import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds, on a machine that does other things as well
KEY = "0123456789abcdefghijklmnopqrstuvwxyz"  # the same on all, as it must be


@dataclass
class Machine:
    """One machine's server; `folder` is its own, and so is what it prints."""

    folder: Path
    environment: dict[str, str]
    command: Sequence[str] = ("-m", "booking.serve")
    port: int = field(default_factory=free_port)
    code: Path = ROOT
    process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it, and wait for nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        own = {"INSTANCE_DIR": str(self.folder), "PORT": str(self.port), "WEB_PROCESSES": "1", "RATE_LIMITS": "off"}
        environment = os.environ | own | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(self.code)} | self.environment
        with self.output.open("ab") as terminal:
            self.process = subprocess.Popen(
                [sys.executable, *self.command], cwd=self.code, env=environment, stdout=terminal, stderr=terminal
            )

    @property
    def output(self) -> Path:
        """Where all that it prints is."""
        return self.folder.with_name(f"{self.folder.name}.{self.port}.log")

    def printed(self) -> str:
        """What it has printed."""
        return self.output.read_text()

    def get(self, path: str, timeout: float = 10) -> requests.Response | None:
        """What this machine answers; None while nobody does."""
        try:
            return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=timeout, allow_redirects=False)
        except requests.RequestException:
            return None

    def is_ready(self) -> bool:
        """Whether it wants to be sent visitors."""
        answer = self.get("/readyz")
        return answer is not None and answer.status_code == 200

    def has_ended(self) -> bool:
        """Whether its process is gone."""
        return self.process is not None and self.process.poll() is not None

    def wait_until_ready(self) -> None:
        """Until it may be sent visitors; fails with what it printed when it ends instead."""
        wait_until(lambda: self.is_ready() or self.has_ended(), f"not ready:\n{self.printed()[-2000:]}")
        assert not self.has_ended(), self.printed()

    def tell_to_end(self) -> None:
        """As whoever restarts it does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)

    def wait_until_ended(self) -> int:
        """The code it ended with."""
        assert self.process is not None
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """Whatever it is doing."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def wait_until(true: Callable[[], bool], otherwise: str) -> None:
    """Wait for something that other processes do."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, otherwise
        time.sleep(0.05)


@contextmanager
def machines(number: int, url: str, folder: Path, **environment: str) -> Iterator[list[Machine]]:
    """So many, not yet started; on SQLite they share the file of the database and nothing else."""
    with ExitStack() as stack:
        every = [
            Machine(folder / f"machine-{count}", {"DATABASE_URL": url, "SECRET_KEY": KEY, **environment})
            for count in range(number)
        ]
        for machine in every:
            stack.callback(machine.kill)
        yield every
