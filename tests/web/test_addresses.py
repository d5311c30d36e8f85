"""One host, and secrets that stay in it: what holds for every address."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from booking import ROOT
from booking.centre.models import Centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.web.guards.headers import OPEN_PARTS, SECRET_PARTS
from tests.builders import a_sale
from tests.web.browsing import Visitor
from tests.web.test_every_address import SECRET, methods, path, rules

STRANGE = {"Host": "evil.example.org"}


def test_every_part_of_an_address_is_known_as_secret_or_open(app: Flask) -> None:
    """A new one must be put into booking/web/guards/headers.py: as open only if it opens nothing."""
    public = [rule for rule in rules(app) if getattr(app.view_functions[rule.endpoint], "access", "") == "public"]
    parts = {part for rule in public for part in rule.arguments}
    assert parts - SECRET_PARTS - OPEN_PARTS - {"participant_id"} == set()
    for rule in public:  # a number in an address opens nothing by itself
        assert "participant_id" not in rule.arguments or rule.arguments & SECRET_PARTS, rule.rule


def test_no_answer_at_a_secret_address_is_kept_found_or_passed_on(app: Flask, visitor: Visitor) -> None:
    a_sale()
    visitor.get("/nb/my-booking")
    walked = 0
    for rule in rules(app):
        if rule.arguments & SECRET_PARTS:
            for method in methods(rule):
                answer = visitor.get(path(rule)) if method == "GET" else visitor.post(path(rule))
                assert answer.headers["Cache-Control"] == "no-store", (method, rule.rule)
                assert answer.headers["Referrer-Policy"] == "no-referrer", (method, rule.rule)
                assert answer.headers["X-Robots-Tag"] == "noindex, nofollow", (method, rule.rule)
                walked += 1
    assert walked > 60


@pytest.mark.parametrize("name", ["move", "again", "wish"])
def test_a_question_that_carries_a_secret_is_as_secret(app: Flask, visitor: Visitor, name: str) -> None:
    a_sale()
    answer = visitor.get(f"/nb/school/visit?{name}={SECRET}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "X-Robots-Tag" not in visitor.get("/nb/school/visit").headers


def test_who_comes_by_another_host_is_led_to_ours_before_any_form(app: Flask, client: FlaskClient) -> None:
    a_sale()
    for rule in rules(app):
        if rule.endpoint.startswith("machine."):
            continue
        for method in methods(rule):
            with app.app_context():
                answer = client.open(path(rule) + "?a=1", method=method, headers=STRANGE)
            if method == "GET":
                assert (answer.status_code, answer.location) == (302, f"http://localhost{path(rule)}?a=1"), rule.rule
            else:
                assert answer.status_code == 400, rule.rule
            assert "evil.example.org" not in answer.get_data(as_text=True), rule.rule


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost:80"])
def test_our_host_is_ours_however_it_is_written(app: Flask, client: FlaskClient, host: str) -> None:
    a_sale()
    with app.app_context():
        assert client.get("/nb/", headers={"Host": host}).status_code == 200


def test_machines_come_by_whatever_address_they_have(app: Flask, client: FlaskClient) -> None:
    a_sale()
    with app.app_context():
        assert client.get("/api/v1/today", headers=STRANGE).status_code == 200
        assert client.get("/healthz", headers=STRANGE).status_code in (200, 503)
        assert client.post("/stripe/webhook", headers=STRANGE).status_code in (400, 404)


def test_whole_addresses_are_made_of_the_public_one_alone() -> None:
    files = [*(ROOT / "booking").rglob("*.py"), *(ROOT / "templates").rglob("*.*")]
    asks_the_request = re.compile(r"_external\s*=|url_root|host_url|request\.host\b|request\.base_url|request\.url\b")
    asking = {
        str(file.relative_to(ROOT)) for file in files if asks_the_request.search(file.read_text(encoding="utf-8"))
    }
    assert asking == {"booking/web/addresses.py"}  # which leads others away


def test_who_finds_a_hole_finds_whom_to_tell(app: Flask, client: FlaskClient) -> None:
    a_sale()
    with app.app_context():
        answer = client.get("/.well-known/security.txt", headers=STRANGE)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    fields = dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())
    assert fields["Contact"] == "mailto:post@example.org"
    assert fields["Canonical"] == "http://localhost/.well-known/security.txt"
    expires = datetime.fromisoformat(fields["Expires"])
    assert clock.now() + timedelta(days=100) < expires < clock.now() + timedelta(days=365)
    with unit_of_work():
        db.session.execute(update(Centre).values(email=""))
    with app.app_context():
        assert client.get("/.well-known/security.txt").status_code == 404
