"""Live, ready, well: what each of the three addresses says, and what it asks for that."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from booking.kernel import schema
from booking.kernel.database import db, unit_of_work
from booking.machines import asking, draining, facts, fitness, readiness
from booking.machines.facts import SharedFact
from tests.support.schema_version import set_version, stand_at_the_newest_version
from tests.web.browsing import statements


@pytest.fixture
def prober(app: Flask) -> Iterator[FlaskClient]:
    """Whoever shares out visitors; no earlier answer is remembered."""
    app.extensions.pop("readiness", None)
    yield app.test_client()
    draining._FLAG[0] = 0
    stand_at_the_newest_version(app)


def ready(client: FlaskClient) -> tuple[int, object]:
    """What it is told."""
    answer = client.get("/readyz")
    return answer.status_code, answer.json


def test_a_server_without_a_centre_and_without_a_worker_is_live_and_ready_but_not_well(prober: FlaskClient) -> None:
    assert (prober.get("/livez").status_code, prober.get("/livez").json) == (200, {"live": True})
    assert ready(prober) == (200, {"ready": True})
    assert prober.get("/healthz").status_code == 503


def test_live_asks_nobody_and_ready_asks_the_database_once(prober: FlaskClient) -> None:
    with statements() as seen:
        prober.get("/livez")
    assert seen == []
    with statements() as seen:
        prober.get("/readyz")
    assert len(seen) == 1


def test_from_the_word_to_end_on_it_is_live_but_not_ready(prober: FlaskClient) -> None:
    draining._FLAG[0] = 1
    assert ready(prober) == (503, {"ready": False, "why": "draining"})
    assert prober.get("/livez").status_code == 200


def test_a_schema_that_is_not_ours_takes_a_running_server_out_until_it_is(app: Flask, prober: FlaskClient) -> None:
    set_version("9001")
    assert ready(prober) == (503, {"ready": False, "why": "schema"})
    with unit_of_work():
        facts.write(SharedFact.SCHEMA, {"version": "9001", "runs_from": "0037"})
    assert ready(prober) == (200, {"ready": True})


def test_a_newer_program_sends_it_away_once_it_has_written_what_this_one_cannot_read(
    app: Flask, prober: FlaskClient
) -> None:
    set_version("9001")
    with unit_of_work():
        facts.write(SharedFact.SCHEMA, {"version": "9001", "runs_from": "0038"})
        fitness.needs_from_now_on("0037")
    assert facts.read(SharedFact.SCHEMA)[SharedFact.SCHEMA]["runs_from"] == "0038"
    assert ready(prober) == (200, {"ready": True})
    with unit_of_work():
        fitness.needs_from_now_on("9000")
    assert ready(prober) == (503, {"ready": False, "why": "schema"})


def test_another_key_takes_a_running_server_out(app: Flask, prober: FlaskClient) -> None:
    fitness.keep_key(app)
    assert ready(prober) == (200, {"ready": True})
    with unit_of_work():
        facts.write(SharedFact.KEY, {"mark": "0" * 32})
    assert ready(prober) == (503, {"ready": False, "why": "key"})


def test_a_database_that_says_nothing_is_waited_for_once_and_not_for_long(
    app: Flask, prober: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent: list[int] = []

    def says_nothing(_app: Flask) -> None:
        silent.append(1)
        while len(silent) < 100:
            time.sleep(0.01)

    monkeypatch.setattr(asking, "LIMIT", 0.05)
    monkeypatch.setattr(readiness, "must_fit", says_nothing)
    assert [ready(prober) for _ in range(3)] == [(503, {"ready": False, "why": "database"})] * 3
    assert len(silent) == 1
    silent += [1] * 100
    app.extensions["readiness"].database.question.is_over.wait()
    assert ready(prober) == (200, {"ready": True})


def test_a_database_that_refuses_is_not_ready_and_its_words_stay_here(
    app: Flask, prober: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitness, "_STANDING", text("SELECT a secret that is no statement"))
    monkeypatch.setattr(schema, "current", lambda: db.session.execute(text("SELECT nothing FROM nowhere")))
    answer = prober.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "why": "database"})


def test_a_page_of_another_version_gets_our_styles_meanwhile_and_nobody_keeps_them(prober: FlaskClient) -> None:
    for name, status in (("js/desk/offline.js", 200), ("js/none.js", 404), ("../app.py", 404)):
        assert prober.get(f"/static/0123456789ab/{name}").status_code == status, name
    assert prober.get("/static/elsewhere/js/desk/offline.js").status_code == 404
    assert prober.get("/static/0123456789ab/js/desk/offline.js").headers["Cache-Control"] == "no-store"
