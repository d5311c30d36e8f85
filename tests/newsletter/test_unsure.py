"""A mail server that breaks off: an issue whose letter may have gone is not sent again, and any other letter is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import connection
from booking.newsletter import issues, sending
from booking.newsletter.models import IssueState, NewsFate
from booking.outbox.models import Promise, PromiseState
from booking.running.worker import run_once
from tests.builders import a_centre, a_confirmed_booking, a_sale, in_all
from tests.mail.conftest import app_with_mail
from tests.newsletter.made import a_reader, an_issue, begin

TIMEOUT = 0.3


class BreaksOff:
    """The least of a mail server. With its first letter it does as `how` says, and takes every other."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.taken = 0
        self.is_over = Event()

    def serve(self, server: socket.socket) -> None:
        """Until the socket is closed."""
        while True:
            try:
                talk, _ = server.accept()
            except OSError:
                return
            with talk, talk.makefile("rwb") as lines:
                self.talk(lines)  # type: ignore[arg-type]

    def talk(self, lines: socket.SocketIO) -> None:
        """One connection from the greeting to the end."""
        lines.write(b"220 here\r\n")
        lines.flush()
        while line := lines.readline():
            verb = line[:4].upper()
            if verb == b"DATA" and self.how == "gone at DATA":
                self.how = ""
                return
            answer = b"354 go on" if verb == b"DATA" else b"221 bye" if verb == b"QUIT" else b"250 well"
            lines.write(answer + b"\r\n")
            lines.flush()
            if verb == b"DATA":
                for _ in iter(lines.readline, b".\r\n"):
                    pass
                self.taken += 1
                how, self.how = self.how, ""
                if how == "silent after the letter":
                    self.is_over.wait()
                if how:
                    return
                lines.write(b"250 kept\r\n")
                lines.flush()


@contextmanager
def serving(app: Flask, tmp_path: Path, office: BreaksOff) -> Iterator[Flask]:
    """An app that sends to it."""
    db.session.remove()
    with socket.create_server(("localhost", 0)) as server:
        Thread(target=office.serve, args=(server,), daemon=True).start()
        other = app_with_mail(app, server.getsockname()[1], tmp_path)
        with other.app_context():
            yield other
            db.session.remove()
        office.is_over.set()
        server.shutdown(socket.SHUT_RDWR)


def two_rounds(app: Flask, office: BreaksOff) -> None:
    """The worker now, once it has given up waiting, and after an hour."""
    run_once(app)
    office.is_over.set()
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        run_once(app)


@pytest.mark.parametrize("how", ["gone after the letter", "silent after the letter"])
def test_an_issues_letter_that_may_have_gone_is_not_sent_again(
    app: Flask, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(connection, "TIMEOUT", TIMEOUT)
    issue_id, office = an_issue_that_goes_out(now), BreaksOff(how)
    with serving(app, tmp_path, office) as other:
        two_rounds(other, office)
        with unit_of_work():
            sending.end_done(clock.now())
    assert (office.taken, dict(sending.fates([issue_id])[issue_id])) == (1, {NewsFate.GOING: 1})
    issue = issues.issue_of(issue_id)
    assert issue is not None and issue.state is IssueState.SENT


def test_an_issues_letter_that_has_certainly_not_gone_is_sent_later(app: Flask, now: datetime, tmp_path: Path) -> None:
    issue_id, office = an_issue_that_goes_out(now), BreaksOff("gone at DATA")
    with serving(app, tmp_path, office) as other:
        two_rounds(other, office)
    assert (office.taken, dict(sending.fates([issue_id])[issue_id])) == (1, {NewsFate.SENT: 1})


def test_any_other_letter_that_may_have_gone_is_sent_once_more(app: Flask, tmp_path: Path) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    office = BreaksOff("gone after the letter")
    with serving(app, tmp_path, office) as other:
        two_rounds(other, office)
    states = db.session.scalars(select(Promise.state).where(Promise.kind == "mail.confirmation")).all()
    assert (office.taken, states) == (2, [PromiseState.DONE])


def an_issue_that_goes_out(now: datetime) -> int:
    """To one reader, whose letter is promised."""
    a_centre(newsletter_topics={"shows": in_all("Show")})
    a_reader("kari@example.org", now)
    with unit_of_work():
        for asking in db.session.scalars(select(Promise)).all():
            db.session.delete(asking)  # the letter that asked for the yes is another matter
    issue_id = an_issue(now)
    begin(issue_id, now)
    return issue_id
