"""No address is without an answer while the database is away: asked in this process, of a server that is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from booking import create_app
from booking.kernel.server.patience import Process, Waits
from booking.kernel.server.postgres import PING
from booking.web.guards.access import STAFF_COOKIE
from tests.conftest import settings_for
from tests.support.house import free_port
from tests.web.test_every_address import methods, path, rules

# They ask the database nothing, or say in their own words how it is.
NOT_ASKING = (
    "/favicon.ico",
    "/robots.txt",
    "/static",
    "/stripe/webhook",
    "/vipps/webhook",
    "/wallet/",
    "/staff/sign-in/second",
    "/picture/",
)
OF_ITSELF = ("/health", "/live", "/ready", "/metrics")
MACHINES = ("/api/", "/stripe/", "/access-point/", "/healthz")


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app whose server does not answer, and has not since it was started."""
    url = f"postgresql+psycopg://bestill@127.0.0.1:{free_port()}/bestill"
    return create_app(settings_for(url, tmp_path_factory.mktemp("instance")))


def test_every_address_answers_that_the_database_is_away(nowhere: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    client = nowhere.test_client()
    client.set_cookie(STAFF_COOKIE, "4BKC9RC7M7AWJB3W3C1D4JSVCV")
    strange = {}
    for rule in rules(nowhere):
        if rule.rule.startswith(NOT_ASKING + OF_ITSELF):
            continue
        for method in methods(rule):
            answer = client.open(path(rule), method=method)
            if answer.status_code != 503 or "Retry-After" not in answer.headers:
                strange[f"{method} {rule.rule}"] = answer.status_code
            elif not rule.rule.startswith(MACHINES):
                assert '<html lang="' in answer.text and answer.headers["X-Request-Id"] in answer.text
    assert strange == {}
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("headers", "more"),
    [
        ({"Accept": "application/json"}, {}),
        ({"Accept": "*/*", "Sec-Fetch-Dest": "empty"}, {}),
        ({}, {"json": {"code": "x"}, "method": "POST"}),
    ],
)
def test_a_script_of_the_desk_gets_json(nowhere: Flask, headers: dict[str, str], more: dict[str, object]) -> None:
    client = nowhere.test_client()
    client.set_cookie(STAFF_COOKIE, "4BKC9RC7M7AWJB3W3C1D4JSVCV")
    answer = client.open("/staff/desk/scan", headers=headers, **more)  # type: ignore[arg-type]  # of any kind
    assert answer.status_code == 503
    assert answer.json == {"error": "Service Unavailable", "request_id": answer.headers["X-Request-Id"]}


def test_a_script_that_puts_pages_together_gets_a_page(nowhere: Flask) -> None:
    headers = {"Accept": "text/html", "Sec-Fetch-Dest": "empty"}
    assert nowhere.test_client().get("/nb/tickets", headers=headers).mimetype == "text/html"


def test_without_any_settings_nobody_waits_ten_seconds() -> None:
    """Whatever comes first: a connection that has rested, a statement, a lock, a free connection."""
    waits = Waits()
    answer = waits.of[Process.WEB].answer
    assert answer is not None and answer < 10
    assert PING + waits.connect < 10
    assert waits.of[Process.WEB].lock < waits.of[Process.WEB].statement


def test_what_each_setting_is_called_stands_in_the_document() -> None:
    source = Path("booking/waits.py").read_text()
    document = Path("docs/operations.md").read_text()
    names = re.findall(r'number\("(\w+)"', source)
    assert len(names) >= 8 and [name for name in names if f"`{name}`" not in document] == []


def test_a_picture_is_away_with_the_database_and_not_gone_for_good(nowhere: Flask) -> None:
    answer = nowhere.test_client().get(f"/picture/{'a' * 16}-480.avif")
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
