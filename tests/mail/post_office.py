"""A real SMTP server on loopback that keeps what it gets and answers as it is told."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

CERTIFICATE = Path(__file__).with_name("localhost.pem")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Received:
    """One letter as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    over_tls: bool
    by: object  # the connection

    @property
    def letter(self) -> EmailMessage:
        """The letter as a mail program reads it."""
        read = message_from_bytes(self.raw, policy=SMTP_POLICY)
        assert isinstance(read, EmailMessage)
        return read


class PostOffice:
    """Keeps letters in `received`; says what `rcpt_says` and `data_says` say instead, where they are set.

    With `only_to`, `rcpt_says` is for that mailbox alone.
    """

    def __init__(self, over_tls: bool) -> None:
        self.received: list[Received] = []
        self.rcpt_says = self.only_to = ""
        self.data_says = ""
        self.then: Callable[[], None] = lambda: None
        self.port = free_port()
        context = None
        if over_tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
        # A line over 1,000 bytes is an error, as at the servers that letters meet on their way.
        self.controller = Controller(
            self, hostname="127.0.0.1", port=self.port, tls_context=context, require_starttls=over_tls
        )
        self.controller.start()

    def close(self) -> None:
        """Shut the door."""
        self.controller.stop(no_assert=True)

    def reset(self) -> None:
        """As it was in the beginning."""
        self.received.clear()
        self.rcpt_says = self.data_says = self.only_to = ""
        self.then = lambda: None

    # The names are aiosmtpd's.
    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A recipient is named."""
        if self.rcpt_says and self.only_to in ("", address):
            return self.rcpt_says
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """A letter is here."""
        if self.data_says:
            return self.data_says
        assert isinstance(envelope.content, bytes)
        sender, recipients = envelope.mail_from or "", tuple(envelope.rcpt_tos)
        self.received.append(Received(sender, recipients, envelope.content, session.ssl is not None, session.peer))
        self.then()
        return "250 kept"
