"""Between us and the mail server: what goes over the wire, and what becomes of a letter when something is wrong."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.capacity.availability import slots_by_id
from booking.capacity.models import Channel
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import connection, messages, sending
from booking.mail.letter import Letter
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import LEASE, lease
from booking.running.worker import Worker, run_once
from booking.settings import settings_of
from tests.builders import a_confirmed_booking, a_sale, a_slot, tomorrow
from tests.mail.conftest import SENDER, app_with_mail
from tests.mail.post_office import PostOffice, free_port

LETTER = Letter("<outbox-1@example.org>", "kari@example.org", "Hello", "Text", "<p>HTML</p>")


def the_promise() -> Promise:
    """The one promise there is, as the database has it now."""
    db.session.rollback()
    return db.session.scalars(select(Promise).execution_options(populate_existing=True)).one()


def a_promised_letter() -> int:
    """A confirmed booking, whose confirmation is due; returns the booking's id."""
    _, slot, adult = a_sale()
    return a_confirmed_booking(slot, adult).booking_id


@contextmanager
def sending_to(app: Flask, port: int, tmp_path: Path, **more: str) -> Iterator[Flask]:
    """An app that sends to this port, with what the test made in `app` before."""
    db.session.remove()
    other = app_with_mail(app, port, tmp_path, **more)
    with other.app_context():
        yield other
        db.session.remove()


def test_a_letter_goes_over_tls_to_a_server_whose_certificate_is_right(
    app: Flask, secure_office: PostOffice, trusted: None, tmp_path: Path
) -> None:
    a_promised_letter()
    with sending_to(app, secure_office.port, tmp_path, MAIL_USE_TLS="on") as other:
        run_once(other)
    assert [mail.over_tls for mail in secure_office.received] == [True]


def test_a_letter_does_not_go_to_a_server_whose_certificate_is_wrong(
    app: Flask, secure_office: PostOffice, tmp_path: Path
) -> None:
    a_promised_letter()
    with sending_to(app, secure_office.port, tmp_path, MAIL_USE_TLS="on") as other:
        run_once(other)
    assert (secure_office.received, the_promise().state) == ([], PromiseState.WAITING)
    assert the_promise().last_error == "SSLCertVerificationError"


def test_a_letter_does_not_go_in_the_clear_when_tls_is_asked_for(
    app: Flask, office: PostOffice, tmp_path: Path
) -> None:
    a_promised_letter()
    with sending_to(app, office.port, tmp_path, MAIL_USE_TLS="on") as other:
        run_once(other)
    assert (office.received, the_promise().state) == ([], PromiseState.WAITING)


def test_a_server_that_is_down_postpones_the_letter(app: Flask, tmp_path: Path) -> None:
    a_promised_letter()
    with sending_to(app, free_port(), tmp_path) as other:
        run_once(other)
    kept = the_promise()
    assert (kept.state, kept.attempts, kept.last_error) == (PromiseState.WAITING, 1, "ConnectionRefusedError")
    assert kept.due_at > clock.now()


def test_a_server_that_is_silent_is_given_up_after_a_while(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TIMEOUT", 0.2)
    a_promised_letter()
    with socket.create_server(("127.0.0.1", 0)) as silent, sending_to(app, silent.getsockname()[1], tmp_path) as other:
        run_once(other)
    assert (the_promise().state, the_promise().attempts) == (PromiseState.WAITING, 1)


def test_a_letter_that_was_postponed_goes_when_the_server_is_back(mail_app: Flask, office: PostOffice) -> None:
    a_promised_letter()
    office.data_says = "451 later, please"
    run_once(mail_app)
    office.data_says = ""
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=True):
        run_once(mail_app)
    assert (len(office.received), the_promise().state) == (1, PromiseState.DONE)


@pytest.mark.parametrize("says", [{"data_says": "451 later, please"}, {"rcpt_says": "450 greylisted"}])
def test_a_server_that_says_later_is_asked_again_later(
    mail_app: Flask, office: PostOffice, says: dict[str, str]
) -> None:
    a_promised_letter()
    vars(office).update(says)
    run_once(mail_app)
    assert (the_promise().state, the_promise().attempts) == (PromiseState.WAITING, 1)


@pytest.mark.parametrize("says", [{"data_says": "554 spam"}, {"rcpt_says": "550 no such mailbox"}])
def test_a_server_that_says_never_is_not_asked_again_and_staff_see_why(
    mail_app: Flask, office: PostOffice, says: dict[str, str]
) -> None:
    a_promised_letter()
    vars(office).update(says)
    run_once(mail_app)
    buried = the_promise()
    assert (buried.state, buried.attempts) == (PromiseState.DEAD, 1)
    assert next(iter(says.values()))[:3] in buried.last_error


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # forty rounds, alike on both
def test_a_letter_is_tried_with_growing_pauses_for_72_hours_and_then_buried(
    mail_app: Flask, office: PostOffice
) -> None:
    _, slot, adult = a_sale()
    far_away = a_slot(slots_by_id([slot], Channel.PUBLIC, clock.now())[0].activity_id, starts_at=tomorrow(days=20))
    a_confirmed_booking(far_away, adult)
    office.rcpt_says = "450 greylisted"
    made, tried = the_promise().made_at, []
    while the_promise().state is PromiseState.WAITING:
        with time_machine.travel(max(the_promise().due_at, made), tick=False):
            run_once(mail_app)
            tried.append(clock.now())
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert the_promise().state is PromiseState.DEAD
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=2)
    assert timedelta(hours=72) <= tried[-1] - made < timedelta(hours=74)


def test_a_wrong_password_buries_nothing(app: Flask, office: PostOffice, tmp_path: Path) -> None:
    a_promised_letter()
    with sending_to(app, office.port, tmp_path, MAIL_USERNAME="bestill", MAIL_PASSWORD="wrong") as other:
        run_once(other)
    assert (the_promise().state, office.received) == (PromiseState.WAITING, [])


def test_after_a_restore_the_same_number_is_another_letter(app: Flask) -> None:
    _, slot, adult = a_sale()
    booking = {"booking_id": a_confirmed_booking(slot, adult).booking_id}
    first = clock.now()
    ids = {}
    for made_at in (first, first, first + timedelta(microseconds=1), first + timedelta(days=1)):
        letter = messages.write("mail.confirmation", 7, booking, settings_of(app), made_at)
        assert letter is not None
        ids[made_at] = letter.message_id
    assert len(set(ids.values())) == 3
    again = messages.write("mail.confirmation", 7, booking, settings_of(app), first)
    assert again is not None
    assert again.message_id == ids[first]


def test_each_try_carries_the_same_message_id(mail_app: Flask, office: PostOffice) -> None:
    a_promised_letter()
    for minutes in (0, 5):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False), mail_app.app_context():
            with unit_of_work():
                the_one = db.session.scalars(select(Promise)).one()
                the_one.state, the_one.due_at = PromiseState.WAITING, clock.now()
            run_once(mail_app)
    ids = [mail.letter["Message-ID"] for mail in office.received]
    assert (len(ids), len(set(ids))) == (2, 1)


def test_a_server_that_hangs_up_after_taking_the_letter_does_not_get_it_again(app: Flask, tmp_path: Path) -> None:
    a_promised_letter()
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[bytes] = []
        Thread(target=_take_one_and_hang_up, args=(server, taken), daemon=True).start()
        with sending_to(app, server.getsockname()[1], tmp_path) as other:
            run_once(other)
    assert (len(taken), the_promise().state) == (1, PromiseState.DONE)


def _take_one_and_hang_up(server: socket.socket, taken: list[bytes]) -> None:
    """The least of a mail server, which is gone before the goodbye."""
    connection, _ = server.accept()
    with connection, connection.makefile("rwb") as talk:
        for answer in (b"220 here", b"250 hello", b"250 from", b"250 to", b"354 go on", b"250 kept"):
            talk.write(answer + b"\r\n")
            talk.flush()
            if answer.startswith(b"354"):
                taken.append(b"".join(iter(talk.readline, b".\r\n")))
            elif not answer.startswith(b"250 kept"):
                talk.readline()


def test_two_workers_at_once_send_each_letter_once(mail_app: Flask, office: PostOffice) -> None:
    _, slot, adult = a_sale(capacity=40)
    ids = {a_confirmed_booking(slot, adult, 1).booking_id for _ in range(12)}
    db.session.remove()
    workers = [Thread(target=Worker(mail_app).round) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sent = Counter(mail.letter["Message-ID"] for mail in office.received)
    assert (len(sent), set(sent.values())) == (len(ids), {1})


def a_working_process(app: Flask, office: PostOffice, instance: Path) -> subprocess.Popen[bytes]:
    """`flask worker` as an operator starts it, sending to `office`."""
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.remove()
    environment = os.environ | {
        "DATABASE_URL": url,
        "INSTANCE_DIR": str(instance),
        "MAIL_SERVER": "localhost",
        "MAIL_PORT": str(office.port),
        "MAIL_USE_TLS": "off",
        "MAIL_SENDER": SENDER,
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_worker_killed_before_its_word_was_kept_leaves_one_letter_sent_twice_with_one_message_id(
    mail_app: Flask, office: PostOffice, tmp_path: Path
) -> None:
    """The one window that mail has: the server has the letter, and we die before we can write that down.

    The letter goes again once the lease has run out. Mail programs that know Message-IDs show it once; nothing else in
    the world can tell whether the first one arrived. Every other letter comes exactly once.
    """
    _, slot, adult = a_sale()
    for _ in range(3):
        a_confirmed_booking(slot, adult)
    killed, in_hand = Event(), Event()

    def hold_the_answer() -> None:
        in_hand.set()
        killed.wait(30)

    office.then = hold_the_answer
    process = a_working_process(mail_app, office, tmp_path)
    assert in_hand.wait(60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    killed.set()
    office.then = lambda: None
    run_once(mail_app)
    while_the_lease_lasts = Counter(mail.letter["Message-ID"] for mail in office.received)
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1), tick=True):
        run_once(mail_app)
    sent = Counter(mail.letter["Message-ID"] for mail in office.received)
    assert sorted(while_the_lease_lasts.values()) == [1, 1, 1]
    assert sorted(sent.values()) == [1, 1, 2]
    assert set(db.session.scalars(select(Promise.state))) == {PromiseState.DONE}


def test_a_worker_that_is_told_to_end_finishes_the_letter_in_hand_and_begins_no_other(
    mail_app: Flask, office: PostOffice, tmp_path: Path
) -> None:
    _, slot, adult = a_sale()
    for _ in range(3):
        a_confirmed_booking(slot, adult)
    told, in_hand = Event(), Event()

    def hold_the_answer() -> None:
        in_hand.set()
        told.wait(30)

    office.then = hold_the_answer
    process = a_working_process(mail_app, office, tmp_path)
    assert in_hand.wait(60)
    process.send_signal(signal.SIGTERM)
    told.set()
    assert process.wait(60) == 0
    assert len(office.received) == 1
    assert sorted(db.session.scalars(select(Promise.state))) == [
        PromiseState.DONE, PromiseState.WAITING, PromiseState.WAITING,
    ]  # fmt: skip


def test_a_worker_killed_before_it_sends_leaves_the_letter_to_the_next(mail_app: Flask, office: PostOffice) -> None:
    a_promised_letter()
    now = clock.now()
    with unit_of_work():
        dead = Worker(mail_app)
        assert len(lease(dead.name, now)) == 1
    run_once(mail_app)
    assert office.received == []
    with time_machine.travel(now + LEASE + timedelta(seconds=1), tick=True):
        run_once(mail_app)
    assert (len(office.received), the_promise().state) == (1, PromiseState.DONE)


def test_a_line_break_in_the_name_of_the_centre_or_a_subject_makes_no_header(
    mail_app: Flask, office: PostOffice
) -> None:
    hostile = "Centre\r\nBcc: thief@example.com\x0bX: 1\x85Y: 2\u2028Z: 3"
    letter = Letter("<outbox-1@example.org>", "kari@example.org", hostile, "Text", "<p>HTML</p>")
    sending.send(letter, settings_of(mail_app), hostile, "post@example.org")
    (mail,) = office.received
    assert {"Bcc", "X", "Y", "Z"}.isdisjoint(mail.letter.keys())
    assert mail.recipients == ("kari@example.org",)


@pytest.mark.parametrize(
    "name", ["Ø" * 120, "Long name " * 12, "x" * 200, '"Quoted", <and> (more)', "Ødegård, Åse", ""]
)
def test_long_and_strange_names_are_folded_and_come_out_whole(mail_app: Flask, office: PostOffice, name: str) -> None:
    sending.send(LETTER, settings_of(mail_app), name, "post@example.org")
    (mail,) = office.received
    assert max(len(line) for line in mail.raw.split(b"\r\n")) <= 998
    assert _from(mail.raw) == (name.strip(), SENDER)


def test_a_long_name_with_signs_loses_the_signs_and_not_the_address(mail_app: Flask, office: PostOffice) -> None:
    sending.send(LETTER, settings_of(mail_app), "Vitensenteret, <Norge> " * 5, "post@example.org")
    (mail,) = office.received
    assert _from(mail.raw) == (" ".join(["Vitensenteret Norge"] * 5), SENDER)


def _from(raw: bytes) -> tuple[str, str]:
    """Name and address of the sender, read as RFC 2047 says."""
    name, address = parseaddr(str(message_from_bytes(raw)["From"]).replace("\r\n", ""))
    return str(make_header(decode_header(name))), address


def test_without_a_mail_server_letters_are_files_that_staff_can_read(app: Flask) -> None:
    a_promised_letter()
    run_once(app)
    folder = Path(app.instance_path) / "mail"
    (name,) = (file.name for file in folder.glob(f"outbox-{the_promise().id}.*.eml"))
    letter = sending.read_file(folder, name)
    assert letter is not None
    assert parseaddr(str(letter["From"]))[0] == "Prøvesenteret"
    assert {part.get_content_type() for part in letter.iter_attachments()} == {"application/pdf", "text/calendar"}
    assert name in [file.name for file in sending.list_files(folder)]


def test_a_file_that_is_no_letter_is_not_shown(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("secret")
    for name in ("../secret_key", "secret_key", "a/../secret_key.eml", ".eml.part", "missing.eml"):
        assert sending.read_file(tmp_path / "mail", name) is None


def test_sending_a_file_twice_leaves_one(app: Flask) -> None:
    for _ in range(2):
        sending.send(LETTER, settings_of(app), "Centre", "post@example.org")
    folder = Path(app.instance_path) / "mail"
    assert [file.name for file in folder.glob("*outbox-1.eml*")] == ["outbox-1.eml"]


def test_the_port_for_tls_from_the_start_is_465(app: Flask, tmp_path: Path) -> None:
    other = app_with_mail(app, 465, tmp_path, MAIL_USE_TLS="on")
    assert (other.config["MAIL_USE_SSL"], other.config["MAIL_USE_TLS"]) == (True, False)
