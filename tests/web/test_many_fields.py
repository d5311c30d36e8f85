"""Forms and lists of 65,536 fields at the desk: refused at once, however they are sent."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask

from booking.staff.models import Role
from booking.web.guards.many_fields import MOST_FIELDS
from tests.builders import a_centre
from tests.web.browsing import Visitor
from tests.web.staffing import a_colleague

MANY = 65_536
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
WAYS = {
    "empty fields": (b"&".join([b"a="] * MANY), FORM),
    "nothing but separators": (b"&" * MANY, FORM),
    "fields of many names": (b"&".join(b"%x" % n for n in range(30_000)), FORM),
    "parts": (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n" * 4000 + b"--x--", PARTS),
}


@pytest.fixture
def desk(app: Flask) -> Visitor:
    """Somebody at the desk, with a form open."""
    a_centre()
    browser = a_colleague(app, Role.DESK).browser
    browser.get("/staff/desk/sell")
    assert browser.token
    return browser


def forms(app: Flask) -> list[str]:
    """Every address of the desk that takes a form."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("desk.")]
    return [re.sub("<[^>]*>", "1", rule.rule) for rule in rules if "POST" in (rule.methods or set())]


def send(desk: Visitor, path: str, body: bytes, kind: str) -> int:
    """The status of the answer."""
    with desk.client.application.app_context():
        answer = desk.client.post(path, data=body, content_type=kind, headers={"X-CSRFToken": desk.token})
    return answer.status_code


@pytest.mark.parametrize("way", WAYS)
def test_no_form_of_the_desk_takes_65536_fields(app: Flask, desk: Visitor, way: str) -> None:
    body, kind = WAYS[way]
    assert len(body) <= app.config["MAX_CONTENT_LENGTH"]
    paths = [path for path in forms(app) if not path.endswith(("/read", "/later"))]
    assert len(paths) > 15
    for path in paths:
        assert send(desk, path, body, kind) == 413, path


LISTS: dict[str, Any] = {
    "numbers": [0] * MANY,
    "lists": [[]] * MANY,
    "things": [{}] * MANY,
    "names": {f"{n:x}": 0 for n in range(20_000)},
    "admissions": [{"mark": 0}] * 20_000,
}


@pytest.mark.parametrize("kind", LISTS)
def test_no_list_of_65536_admissions_is_read(app: Flask, desk: Visitor, kind: str) -> None:
    body = json.dumps(LISTS[kind], separators=(",", ":")).encode()
    assert len(body) <= app.config["MAX_CONTENT_LENGTH"]
    assert send(desk, "/staff/desk/later", body, "application/json") == 422


@pytest.mark.parametrize(("width", "rows"), [(1, MANY), (3, MANY), (MANY, 1), (MANY, 3), (1, 2001), (2001, 1)])
def test_no_picture_of_65536_rows_is_looked_at(desk: Visitor, width: int, rows: int) -> None:
    path = f"/staff/desk/read?width={width}"
    assert send(desk, path, b"\xff" * (width * rows), "application/octet-stream") == 422


def test_a_form_with_as_many_fields_as_any_of_ours_is_read(desk: Visitor) -> None:
    fields = b"&".join([b"code=K7WQ2M4X", *[b"a="] * (MOST_FIELDS - 1)])
    assert send(desk, "/staff/desk/scan", fields, FORM) == 404  # a ticket that is not there
    assert send(desk, "/staff/desk/scan", fields + b"&a=", FORM) == 413
