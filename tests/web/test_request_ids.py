"""One id from the proxy through the request and what it promises into the letter's header."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from booking import create_app
from booking.kernel import origin
from booking.kernel.database import db, run, unit_of_work
from booking.outbox.models import Promise
from booking.outbox.promises import lease, promise
from booking.running.worker import run_once
from booking.settings import settings_of
from tests.builders import a_confirmed_booking, a_sale
from tests.conftest import settings_for
from tests.web.browsing import Visitor, words

BY_PROXY = "7f3b0c52-9c1e-4d0a-a0d9-0123456789ab"
OURS = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
def lines() -> Iterator[list[dict[str, object]]]:
    """The lines of the log."""
    kept: list[dict[str, object]] = []

    class Listener(logging.Handler):
        """Keeps them."""

        def emit(self, record: logging.LogRecord) -> None:
            kept.append(json.loads(record.getMessage()))

    listener, log = Listener(), logging.getLogger("bestill")
    log.addHandler(listener)
    yield kept
    log.removeHandler(listener)


def behind_a_proxy(app: Flask, folder: Path) -> Flask:
    db.session.remove()
    return create_app(settings_for(settings_of(app).database_url, folder, TRUSTED_PROXIES="1"))


def test_the_id_of_our_proxy_is_taken_and_given_back(app: Flask, tmp_path: Path) -> None:
    a_sale()
    answer = behind_a_proxy(app, tmp_path).test_client().get("/en/", headers={"X-Request-Id": BY_PROXY})
    assert answer.headers["X-Request-Id"] == BY_PROXY


def test_from_anybody_else_it_is_not(app: Flask, tmp_path: Path) -> None:
    a_sale()
    strangers = {"REMOTE_ADDR": "203.0.113.9"}
    proxied, direct = behind_a_proxy(app, tmp_path).test_client(), app.test_client()
    for answer in (
        proxied.get("/en/", headers={"X-Request-Id": BY_PROXY}, environ_base=strangers),
        direct.get("/en/", headers={"X-Request-Id": BY_PROXY}),
    ):
        assert OURS.fullmatch(answer.headers["X-Request-Id"])


@pytest.mark.parametrize(
    "odd", ["", "short", "a" * 65, "kari@example.org-and-more", "<script>alert(1)</script>", "a b" * 8]
)
def test_what_is_no_id_is_replaced(app: Flask, tmp_path: Path, odd: str) -> None:
    a_sale()
    answer = behind_a_proxy(app, tmp_path).test_client().get("/en/", headers={"X-Request-Id": odd})
    assert OURS.fullmatch(answer.headers["X-Request-Id"])


def test_a_promise_keeps_the_id_and_the_letter_carries_it(app: Flask) -> None:
    _, slot, adult = a_sale()
    with origin.asked_by(BY_PROXY):
        a_confirmed_booking(slot, adult)
    assert set(run(select(Promise.request_id)).scalars()) == {BY_PROXY}
    run_once(app)
    (file,) = (settings_of(app).instance_dir / "mail").glob("*.eml")
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["X-Request-Id"] == BY_PROXY
    assert origin.request_id() == ""


def test_what_a_promise_promises_comes_from_the_same_request(app: Flask) -> None:
    with origin.asked_by(BY_PROXY), unit_of_work():
        promise("mail.confirmation", "first", {})
    with unit_of_work():
        (leased,) = lease("somebody", db.session.scalars(select(Promise)).one().due_at)
    with origin.asked_by(leased.request_id), unit_of_work():
        promise("mail.reminder", "second", {})
    assert set(run(select(Promise.request_id)).scalars()) == {BY_PROXY}


def test_what_the_worker_says_of_it_has_the_id(app: Flask, lines: list[dict[str, object]]) -> None:
    a_sale()
    with origin.asked_by(BY_PROXY), unit_of_work():
        promise("mail.confirmation", "of nothing", {})
    run_once(app)
    assert [line["id"] for line in lines if line["event"] == "promise.failed"] == [BY_PROXY]


def test_a_refusal_is_a_line_with_its_cause_its_slot_and_the_id(
    app: Flask, visitor: Visitor, lines: list[dict[str, object]]
) -> None:
    _, slot, adult = a_sale(capacity=2)
    a_confirmed_booking(slot, adult, 2)
    answer = visitor.post("/en/tickets", {"slot": slot, f"q-{slot}-{adult}": 1})
    assert answer.status_code == 409
    (line,) = [line for line in lines if line["event"] == "refusal"]
    told = {name: line[name] for name in ("id", "cause", "slot", "route")}
    assert told == {"id": answer.headers["X-Request-Id"], "cause": "Full", "slot": slot, "route": "/<lang>/tickets"}
    assert str(told["id"]) in words(answer)
