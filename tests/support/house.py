"""The whole of Bestill as a newcomer starts it, with a real mail server beside: for tests that walk in by the door."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from queue import Empty, SimpleQueue

import requests
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.demos import lay_out

ROOT = Path(__file__).parents[2]
PATIENCE = 90


class Mailbox:
    """Everybody's letters, as a real SMTP server took them."""

    def __init__(self) -> None:
        self._arrived: SimpleQueue[EmailMessage] = SimpleQueue()
        self._kept: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's hook."""
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self._arrived.put(letter)
        return "250 OK"

    def letter_to(self, address: str, about: str = "") -> EmailMessage:
        """The next letter to this address whose subject has these words; waits for it."""
        until = time.monotonic() + 40
        while True:
            for letter in self._kept:
                if str(letter["To"]) == address and about in str(letter["Subject"]):
                    self._kept.remove(letter)
                    return letter
            try:
                self._kept.append(self._arrived.get(timeout=max(until - time.monotonic(), 0.01)))
            except Empty:
                subjects = [(str(letter["To"]), str(letter["Subject"])) for letter in self._kept]
                raise AssertionError(f"no letter to {address} about “{about}” among {subjects}") from None


@dataclass
class House:
    """A running server with its worker."""

    url: str
    folder: Path
    mailbox: Mailbox
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start as `make run` does and wait for the first good answer."""
        with (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "booking.serve"], cwd=ROOT, env=self.environment, stdout=out, stderr=out
            )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if requests.get(f"{self.url}/healthz", timeout=5).ok:
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"the server did not start:\n{self.said()}")

    def said(self) -> str:
        """All that the server has printed."""
        return (self.folder / "out").read_text()

    def staff_link(self) -> str:
        """The one-time link of the first administrator."""
        link = re.search(r"http://\S+/staff/enter/\S+", self.said())
        assert link, self.said()
        return link[0]

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Stop it, kindly unless told otherwise."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)


@contextmanager
def open_house(folder: Path, demo: str = "", **environment: str) -> Iterator[House]:
    """A house of its own in an empty folder, with mails going to its mailbox.

    With a `demo` it is as after the first start of one (tests/support/demos.py).
    """
    with shut_house(folder, demo, **environment) as house:
        house.start()
        yield house


@contextmanager
def shut_house(folder: Path, demo: str = "", **environment: str) -> Iterator[House]:
    """The same, for whoever starts it later."""
    mailbox = Mailbox()
    post = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    post.start()
    port = free_port()
    house = House(f"http://localhost:{port}", folder, mailbox)
    house.environment = os.environ | {
        "PORT": str(port),
        "INSTANCE_DIR": str(folder),
        "RATE_LIMITS": "off",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(post.port),
        "MAIL_USE_TLS": "off",
        "MAIL_SENDER": "billett@example.org",
        "WEB_PROCESSES": "1",
        **environment,
    }
    try:
        if demo:
            house.environment |= {"DEMO_CENTRE": demo}
            lay_out(demo, folder, house.environment.setdefault("DATABASE_URL", f"sqlite:///{folder}/house.db"))
        yield house
    finally:
        house.stop()
        post.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
