"""One connection for many letters: none is lost by it, and none goes twice, whatever the server does between them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select

from booking.kernel.database import db
from booking.mail import connection
from booking.outbox.models import Promise, PromiseState
from booking.running.worker import run_once
from tests.builders import a_confirmed_booking, a_sale
from tests.mail.conftest import app_with_mail
from tests.mail.post_office import PostOffice

LETTERS = 5
ALL_DONE = [(PromiseState.DONE, 1)] * LETTERS


def promised_letters() -> None:
    """As many bookings, each with its letter, to ever another mailbox."""
    _, slot, adult = a_sale()
    for number in range(LETTERS):
        a_confirmed_booking(slot, adult, 1, email=f"kari{number}@example.org")


def promises() -> list[tuple[PromiseState, int]]:
    """State and tries of each letter."""
    db.session.rollback()
    rows = db.session.execute(select(Promise.state, Promise.attempts).order_by(Promise.id))
    return [(state, attempts) for state, attempts in rows]


class FewAtATime:
    """The least of a mail server: of each connection it takes one letter, and then does as `after` says."""

    def __init__(self, after: str) -> None:
        self.after = after
        self.taken: list[bytes] = []
        self.greeted = 0

    def serve(self, server: socket.socket) -> None:
        """Until the socket is closed."""
        while True:
            try:
                talk, _ = server.accept()
            except OSError:
                return
            self.greeted += 1
            with talk, talk.makefile("rwb") as lines:
                self.talk(lines)  # type: ignore[arg-type]

    def talk(self, lines: socket.SocketIO) -> None:
        """One connection from the greeting to the end."""
        has_one = False

        def answer(words: bytes) -> None:
            lines.write(words + b"\r\n")
            lines.flush()

        answer(b"220 here")
        while line := lines.readline():
            verb = line[:4].upper()
            if has_one and self.after == "421 when asked" and verb == b"RSET":
                answer(b"421 one letter at a time, please")
                return
            if has_one and self.after == "421 for the next" and verb == b"MAIL":
                answer(b"421 one letter at a time, please")
                return
            if has_one and self.after == "451 for the next" and verb == b"MAIL":
                answer(b"451 one letter at a time, please")
                continue
            answer(b"354 go on" if verb == b"DATA" else b"221 bye" if verb == b"QUIT" else b"250 well")
            if verb == b"DATA":
                self.taken.append(b"".join(iter(lines.readline, b".\r\n")))
                answer(b"250 kept")
                has_one = True
                if self.after == "gone":
                    return


@contextmanager
def serving(office: FewAtATime) -> Iterator[int]:
    """The server at work; its port."""
    with socket.create_server(("localhost", 0)) as server:
        Thread(target=office.serve, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_the_letters_of_a_round_go_by_one_connection(mail_app: Flask, office: PostOffice) -> None:
    promised_letters()
    run_once(mail_app)
    assert promises() == ALL_DONE
    assert (len(office.received), len({mail.by for mail in office.received})) == (LETTERS, 1)


def test_a_connection_carries_so_many_letters_and_no_more(
    mail_app: Flask, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LETTERS", 2)
    promised_letters()
    run_once(mail_app)
    assert (promises(), len({mail.by for mail in office.received})) == (ALL_DONE, 3)


@pytest.mark.parametrize("code", [450, 550])
def test_a_letter_that_is_refused_takes_no_other_with_it(mail_app: Flask, office: PostOffice, code: int) -> None:
    promised_letters()
    office.rcpt_says, office.only_to = f"{code} no", "kari2@example.org"
    run_once(mail_app)
    refused = PromiseState.DEAD if code == 550 else PromiseState.WAITING
    assert [state for state, _ in promises()] == [*[PromiseState.DONE] * 2, refused, *[PromiseState.DONE] * 2]
    assert len(office.received) == LETTERS - 1


@pytest.mark.parametrize("after", ["gone", "421 when asked", "421 for the next", "451 for the next"])
def test_a_server_that_has_enough_after_one_letter_gets_each_once_and_none_waits(
    app: Flask, tmp_path: Path, after: str
) -> None:
    promised_letters()
    db.session.remove()
    office = FewAtATime(after)
    with serving(office) as port:
        other = app_with_mail(app, port, tmp_path)
        with other.app_context():
            run_once(other)
            db.session.remove()
    assert promises() == ALL_DONE
    assert (len(office.taken), len(set(office.taken)), office.greeted) == (LETTERS, LETTERS, LETTERS)
