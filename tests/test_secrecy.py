"""Nothing personal leaves the database by another door: no log of what failed, no file that others may read."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import String, Text, cast, select, text

from booking import create_app
from booking.exports.sources import bookings_filters
from booking.kernel import log
from booking.kernel.database import db, unit_of_work
from booking.kernel.private_files import keep_private
from booking.kernel.schema import upgrade_if_needed
from booking.outbox import long_work
from booking.outbox.models import Promise
from booking.reports.bookings import BookingFilter
from booking.running.steps import STEPS
from booking.running.worker import Worker, run_once
from booking.serve import QuietLogger
from tests.builders import a_confirmed_booking, a_sale
from tests.conftest import settings_for
from tests.web.browsing import Visitor

NEED = "epilepsy, wheelchair"
WHO = {"name": "Qrst Wxyz", "email": "qrst@example.org", "phone": "55 00 00 00", "needs": NEED, "terms": "y"}
MARKS = ("qrst", "wxyz", "epilepsy", "55000000", "55 00 00 00")


@contextmanager
def a_table_that_is_gone(name: str) -> Iterator[None]:
    """Every write to it fails, with all that was to be written in its hand."""
    _rename(name, "gone")
    try:
        yield
    finally:
        _rename("gone", name)


def _rename(old: str, new: str) -> None:
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def personal(words: str) -> list[str]:
    """Which marks stand in a text."""
    return [mark for mark in MARKS if mark in words.lower()]


def test_a_write_that_fails_in_a_request_logs_types_and_frames_alone(
    app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    _, slot, adult = a_sale()
    visitor = Visitor(app.test_client())
    checkout = visitor.checkout(slot, adult)
    with a_table_that_is_gone("booking_word"):
        answer = visitor.post(checkout, WHO)
    assert answer.status_code == 500
    lines = [json.loads(record.message) for record in caplog.records if record.name == "bestill"]
    (line,) = [line for line in lines if line["event"] == "error"]
    assert any(name in line["cause"] for name in ("OperationalError", "ProgrammingError"))
    # Where the words are written: on PostgreSQL together with what else waits.
    assert any(name in frame for name in ("search_words.py", "kernel/writing.py") for frame in line["frames"])
    assert personal(caplog.text + "".join(capfd.readouterr())) == []


def test_a_promise_that_fails_keeps_no_word_of_what_failed(
    app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult, name=WHO["name"], email=WHO["email"])

    def fails(*_about: object) -> None:
        raise ValueError(f"{WHO} is too long") from KeyError(NEED)

    monkeypatch.setattr("booking.mail.messages.write", fails)
    with unit_of_work():
        work_id = long_work.begin("export.bookings", {"lang": "nb", "format": "csv", "filters": {}}, None)
    monkeypatch.setitem(STEPS, "export.bookings", fails)
    run_once(app)
    db.session.rollback()
    assert set(db.session.scalars(select(Promise.last_error))) == {"ValueError from KeyError"}
    work = long_work.read(work_id)
    assert work is not None and work.last_error == "ValueError from KeyError"
    assert personal(caplog.text + "".join(capfd.readouterr())) == []
    for table in (Promise.__table__, long_work.LongWork.__table__):
        for column in table.columns:
            if isinstance(column.type, String | Text):
                kept = " ".join(filter(None, db.session.scalars(select(cast(column, Text)))))
                assert personal(kept) == [], column


def test_housekeeping_that_fails_logs_types_and_frames_alone(
    app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_sale()

    def fails(*_about: object) -> None:
        raise ValueError(str(WHO))

    monkeypatch.setattr("booking.payments.chores.sweep", fails)
    Worker(app).round()
    lines = [json.loads(record.message) for record in caplog.records if record.name == "bestill"]
    assert [line["cause"] for line in lines if line["event"] == "worker.failed"] == ["ValueError"]
    assert personal(caplog.text + "".join(capfd.readouterr())) == []


def test_a_failing_statement_does_not_say_what_it_was_given(app: Flask) -> None:
    a_sale()
    with a_table_that_is_gone("booking_word"), pytest.raises(Exception, match="booking_word") as caught:
        a_confirmed_booking(1, 1, name=WHO["name"], email=WHO["email"])
    assert personal(str(caught.value)) == []


def test_the_servers_own_log_does_not_print_the_address_of_a_request(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    from gunicorn.config import Config

    logger = QuietLogger(Config())
    try:
        raise ValueError(NEED)
    except ValueError:
        logger.exception("Error handling request %s %s", "GET", "/nb/b/QRST")
    logger.warning("Invalid request from ip=127.0.0.1: Invalid HTTP request line: 'GET /nb/b/QRST'")
    output = caplog.text + "".join(capfd.readouterr())
    assert personal(output) == []
    assert "ValueError" in output and "Invalid request" in output


def test_a_cause_names_types_and_where_and_no_more_of_the_machine_than_that() -> None:
    try:
        raise ValueError(NEED) from KeyError(NEED)
    except ValueError as error:
        facts = log.cause(error)
    assert facts["cause"] == "ValueError from KeyError"
    assert personal(json.dumps(facts)) == []
    assert str(Path(__file__).parents[1]) not in json.dumps(facts)


def open_to_others(folder: Path) -> list[str]:
    """Files and folders that anybody but the owner may open."""
    paths = [folder, *folder.rglob("*")]
    return [f"{path} {oct(path.stat().st_mode)}" for path in paths if path.stat().st_mode & 0o077]


@pytest.fixture
def lax() -> Iterator[None]:
    """As most machines are: what is written may be read by all."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_all_that_is_written_is_for_the_owner_alone(tmp_path: Path, lax: None) -> None:
    instance = tmp_path / "instance"
    app = create_app(settings_for(f"sqlite:///{instance / 'bestill.db'}", instance))
    with app.app_context():
        upgrade_if_needed(app)
        _, slot, adult = a_sale()
        a_confirmed_booking(slot, adult)
        with unit_of_work():
            about = {"lang": "nb", "format": "csv", "filters": dict(bookings_filters(BookingFilter()))}
            long_work.begin("export.bookings", about, None)
        run_once(app)
        app.test_client().get("/nb/")
        assert {path.suffix for path in instance.rglob("*") if path.is_file()} >= {".db", ".db-wal", ".db-shm", ".eml"}
        assert open_to_others(instance) == []
        db.session.remove()
        db.engine.dispose()


def test_what_an_earlier_version_left_open_is_closed_at_the_start(tmp_path: Path, lax: None) -> None:
    instance = tmp_path / "instance"
    (instance / "mail").mkdir(parents=True)
    for name in ("bestill.db", "bestill.db-wal", "mail/1.eml", "secret_key"):
        (instance / name).write_text("x")
    assert open_to_others(instance)
    keep_private(instance, instance / "bestill.db")
    assert open_to_others(instance) == []
    assert stat.S_IMODE((instance / "mail").stat().st_mode) == 0o700
