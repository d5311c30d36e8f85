"""Everybody's letter-box: a real SMTP server that keeps who was written to, and may be shut, slow or cross."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, defaultdict
from email import policy
from email.parser import BytesHeaderParser

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.house import free_port

HEADS = BytesHeaderParser(policy=policy.default)


class Post:
    """Of each letter its recipient, its Message-ID and its subject: tens of thousands come with papers."""

    def __init__(self) -> None:
        self.port = free_port()
        self.lock = threading.Lock()
        self.to: dict[str, dict[str, str]] = defaultdict(dict)  # by recipient: subjects by Message-ID
        self.times: Counter[str] = Counter()  # by Message-ID: how often it came
        self.says = ""  # instead of a yes
        self.waits = 0.0  # before it says anything
        self._controller: Controller | None = None
        self.open()

    def open(self) -> None:
        """Take letters."""
        if self._controller is None:
            self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
            self._controller.start()

    def shut(self) -> None:
        """Refuse connections."""
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (its name)
        """Called by aiosmtpd for each letter."""
        if self.waits:
            await asyncio.sleep(self.waits)
        if self.says:
            return self.says
        assert isinstance(envelope.content, bytes)
        head = HEADS.parsebytes(envelope.content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        number = str(head["Message-ID"])
        with self.lock:
            self.times[number] += 1
            for address in envelope.rcpt_tos:
                self.to[address][number] = str(head["Subject"])
        return "250 kept"

    def subjects(self, address: str) -> list[str]:
        """Of the letters to somebody, each once."""
        with self.lock:
            return list(self.to[address].values())

    def repeated(self) -> int:
        """How many letters came more than once."""
        with self.lock:
            return sum(times > 1 for times in self.times.values())
