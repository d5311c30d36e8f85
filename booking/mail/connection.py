"""The way to the mail server: Flask-Mail with a time-out, a checked certificate, one connection for many letters."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_mail import Connection, Mail, Message

from booking.kernel import clock
from booking.settings import MailSettings

TIMEOUT = 10  # seconds; the stock connection would wait for a silent server for ever
LETTERS = 100  # that one connection carries; a server that wants fewer says so and is believed


class ReceiptLost(smtplib.SMTPException):
    """The whole letter was handed over, and what the server said of it did not come: it may have gone."""


class _TellingSMTP(smtplib.SMTP):
    """The library's, which tells a letter that may have gone from one that certainly has not."""

    _is_handed_over = False

    def send(self, s: Any) -> None:  # noqa: ANN401  (the library's name and type)
        """Commands are text, a letter is bytes and ends with its full stop."""
        super().send(s)
        self._is_handed_over = not isinstance(s, str)

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401
        """Hand over a letter. Raises ReceiptLost."""
        try:
            return super().data(msg)
        except (OSError, smtplib.SMTPException) as error:
            if not self._is_handed_over:
                raise
            raise ReceiptLost(type(error).__name__) from error


class _TellingSMTPS(_TellingSMTP, smtplib.SMTP_SSL):
    """The same, with TLS from the start."""


class CarefulConnection(Connection):
    """Flask-Mail's connection, with a time-out and a certificate that must be right."""

    def configure_host(self) -> smtplib.SMTP:
        """Open the connection to the mail server."""
        mail = self.mail
        context = _trusted(clock.now().date()) if mail.use_ssl or mail.use_tls else None
        host: smtplib.SMTP | None = None
        try:
            if mail.use_ssl:
                host = _TellingSMTPS(mail.server, mail.port, timeout=TIMEOUT, context=context)
            else:
                host = _TellingSMTP(mail.server, mail.port, timeout=TIMEOUT)
            if mail.use_tls:
                host.starttls(context=context)
            if mail.username and mail.password:
                host.login(mail.username, mail.password)
        except BaseException as error:
            if isinstance(error, ssl.SSLError):
                _trusted.cache_clear()  # somebody may be putting it right at this moment
            if host is not None:
                host.close()
            raise
        return host

    def __exit__(self, *_: object) -> None:
        """Take leave. What the server said of the letter stands, however it takes the goodbye.

        A server that goes without a word after it has accepted a letter must not make us send it again.
        """
        if self.host is not None:
            try:
                self.host.quit()
            except (OSError, smtplib.SMTPException):
                self.host.close()

    def takes_more(self) -> bool:
        """Whether the next letter may go this way: asked of the server itself, which forgets what was before."""
        try:
            return self.host is not None and self.num_emails < LETTERS and self.host.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False


@lru_cache(maxsize=1)
def _trusted(_day: date) -> ssl.SSLContext:
    """Whom this machine trusts. To read them costs more than the rest of a letter; by the day, since they change."""
    return ssl.create_default_context()


class CarefulMail(Mail):
    """Flask-Mail that opens careful connections."""

    def connect(self) -> Connection:
        """Flask-Mail's hook."""
        return CarefulConnection(current_app.extensions["mail"])


class Composed(Message):
    """Flask-Mail's message with a letter that we have composed: its own writing breaks long names in two."""

    composed: bytes

    def as_bytes(self) -> bytes:
        """Flask-Mail's hook."""
        return self.composed


mail = CarefulMail()


def flask_mail_config(settings: MailSettings, sender: str) -> dict[str, object]:
    """Our settings in Flask-Mail's names."""
    return {
        "MAIL_SERVER": settings.server,
        "MAIL_PORT": settings.port,
        "MAIL_USERNAME": settings.username or None,
        "MAIL_PASSWORD": settings.password or None,
        "MAIL_USE_TLS": settings.use_tls and settings.port != 465,
        "MAIL_USE_SSL": settings.use_tls and settings.port == 465,
        "MAIL_DEFAULT_SENDER": sender,
    }


class _Kept:
    """A connection that letters share one after the other, opened by the first of them."""

    def __init__(self) -> None:
        self.connection: CarefulConnection | None = None

    def send(self, message: Message) -> None:
        """Send by the open connection, or by a new one where the server will not have another letter by the old.

        What it says of the letter itself is raised as it is, and ends the connection: the next letter has its own.
        """
        if self.connection is not None and self.connection.takes_more():
            try:
                self._hand_over(message, self.connection)
                return
            except smtplib.SMTPSenderRefused:
                pass  # before anything of the letter has gone: with some servers the sign that it is time to go
        self.leave()
        self.connection = mail.connect().__enter__()
        self._hand_over(message, self.connection)

    def _hand_over(self, message: Message, connection: CarefulConnection) -> None:
        try:
            connection.send(message)
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Close what is open."""
        if self.connection is not None:
            self.connection.__exit__()
        self.connection = None


_kept: ContextVar[_Kept | None] = ContextVar("kept", default=None)


@contextmanager
def one_connection() -> Iterator[None]:
    """Letters sent inside the block, by this thread, go by one connection as long as the server likes it."""
    kept = _Kept()
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)
        kept.leave()


def hand_over(message: Message) -> None:
    """Give a letter to the mail server, by the shared connection or by one of its own. Raises what the server said."""
    kept = _kept.get()
    if kept is None:
        mail.send(message)
    else:
        kept.send(message)
