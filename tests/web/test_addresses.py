"""Addresses as people and machines type them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import a_sale


@pytest.mark.parametrize(
    "address",
    ["/no-such-page", "/no-such-page/", "/xx", "/nb/no-such-page", "/nb/no/such/page", "/nb//tickets",
     "/wp-login.php", "/nb.html"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(app: Flask, client: FlaskClient, address: str) -> None:
    a_sale()
    assert client.get(address).status_code == 404
    assert client.post(address).status_code in (400, 404, 405)


@pytest.mark.parametrize(
    ("typed", "right"),
    [("/nb", "/nb/"), ("/nb/tickets/", "/nb/tickets"), ("/nb/tickets/?x=%C3%A5&y=1", "/nb/tickets?x=%C3%A5&y=1"),
     ("/staff", "/staff/"), ("/healthz/", "/healthz")],
)  # fmt: skip
def test_a_slash_too_many_or_too_few_leads_to_the_page_for_now_and_on_this_host(
    app: Flask, client: FlaskClient, typed: str, right: str
) -> None:
    a_sale()
    answer = client.get(typed, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (302, right)


def test_no_address_is_answered_by_a_permanent_redirect(app: Flask, client: FlaskClient) -> None:
    a_sale()
    for rule in app.url_map.iter_rules():
        address = rule.rule.replace("<lang>", "nb")
        for typed in (address.rstrip("/"), address + "/"):
            answer = client.get(typed or "/")
            assert answer.status_code not in (301, 308), typed
            assert answer.headers.get("Location", "/").startswith("/"), typed


def test_search_engines_are_told_what_they_may_read(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert "Disallow: /staff/" in answer.get_data(as_text=True)
