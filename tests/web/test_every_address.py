"""All addresses at once: who may open them, what their answers carry, and that no nonsense breaks one."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.staff.models import Role
from booking.staff.sessions import add_account, new_link, use_link
from tests.builders import a_confirmed_booking, a_hold, a_sale
from tests.web.browsing import Visitor, words

SECRET = "4BKC9RC7M7AWJB3W3C1D4JSVCV"
EVERYBODYS = re.compile(
    r"^(visitor\..*|teacher\..*|payer\..*|to_best_language|favicon|of_another_version|machine\..*|staff\.(sign_in\w*|second_step\w*|passkey_question|enter|use))$"
)


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def path(rule: Rule, lang: str = "nb", secret: str = SECRET, number: int = 1) -> str:
    """An address of this rule."""
    filled = re.sub(r"<lang>", lang, rule.rule)
    filled = re.sub(r"<int:\w+>", str(number), filled)
    return re.sub(r"<(?:\w+:)?\w+>", secret, filled)


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def ask(client: FlaskClient, method: str, address: str, **more: object) -> int:
    with client.application.app_context():
        return client.open(address, method=method, **more).status_code  # type: ignore[arg-type]


def test_every_address_says_who_may_open_it(app: Flask) -> None:
    silent = [rule.rule for rule in rules(app) if getattr(app.view_functions[rule.endpoint], "access", None) is None]
    assert silent == []


def test_everybody_may_open_the_visitors_pages_and_nothing_else(app: Flask) -> None:
    open_to_all = {
        rule.endpoint for rule in rules(app) if getattr(app.view_functions[rule.endpoint], "access", "") == "public"
    }
    assert {endpoint for endpoint in open_to_all if not EVERYBODYS.match(endpoint)} == set()


def test_staff_pages_send_a_stranger_to_the_sign_in(app: Flask, client: FlaskClient) -> None:
    a_sale()
    token = Visitor(client)
    token.get("/nb/my-booking")
    for rule in rules(app):
        if not EVERYBODYS.match(rule.endpoint):
            for method in methods(rule):
                status = ask(client, method, path(rule), data={"csrf_token": token.token})
                assert status == 303, (method, rule.rule)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_its_pages_say(app: Flask, client: FlaskClient, role: Role) -> None:
    a_sale()
    sign_in(client, role)
    for rule in rules(app):
        access = getattr(app.view_functions[rule.endpoint], "access", None)
        if isinstance(access, frozenset) and "GET" in methods(rule):
            status = ask(client, "GET", path(rule))
            assert (status == 403) == (role not in access), (role, rule.rule, status)


def sign_in(client: FlaskClient, role: Role) -> None:
    now = clock.now()
    with unit_of_work():
        secret = new_link(add_account(f"{role}@example.org", role, role, now), now)
    with unit_of_work():
        session = use_link(secret, now)
    client.set_cookie("staff", session)


def test_a_view_that_forgot_to_say_is_denied(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    a_sale()
    forgotten = lambda lang="": "open to all"  # noqa: E731
    monkeypatch.setitem(app.view_functions, "visitor.terms", forgotten)
    assert ask(client, "GET", "/nb/terms") == 403


# Machines, mail programs (RFC 8058), and a form that uses nothing a browser keeps.
WITHOUT_TOKEN = (
    "machine.stripe_webhook", "machine.vipps_webhook", "machine.access_point_webhook", "visitor.leave_news",
    "visitor.ask_for_news", "machine.register_phone", "machine.phone_log",
)  # fmt: skip


def test_forms_without_their_token_are_refused_with_a_page_that_helps(app: Flask, client: FlaskClient) -> None:
    a_sale()
    for rule in rules(app):
        if "POST" in methods(rule) and rule.endpoint not in WITHOUT_TOKEN:
            assert ask(client, "POST", path(rule)) in (303, 400), rule.rule
    visitor = Visitor(client)
    visitor.token = "old"
    answer = visitor.post("/nb/tickets", {})
    assert answer.status_code == 400
    assert "Skjemaet var blitt for gammelt" in words(answer)


def test_every_answer_carries_the_headers_of_safety(app: Flask, visitor: Visitor) -> None:
    a_sale()
    for address in ("/nb/", "/nb/tickets", "/nb/no-such", "/staff/sign-in", "/healthz", f"/nb/b/{SECRET}"):
        headers = visitor.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "'unsafe" not in policy, address
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert headers["X-Request-Id"]


def test_pages_have_no_inline_script_or_style(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult)
    for address in ("/nb/", f"/nb/tickets?slot={slot}", visitor.checkout(slot, adult), booking, f"{booking}/change"):
        page = visitor.get(address).get_data(as_text=True)
        assert not re.search(
            r"<script(?! type=\"application/ld\+json\">)(?![^>]*\bsrc=)|<style| style=| on\w+=|javascript:", page
        ), address


@pytest.mark.parametrize(
    ("wish", "lang"),
    [
        ("nb-NO,nb;q=0.9,en;q=0.8", "nb"),
        ("no", "nb"),
        ("nn-NO,nn;q=0.9,nb;q=0.8", "nn"),
        ("en-US,en;q=0.9", "en"),
        ("lv", "lv"),
        ("de-DE,de;q=0.9", "nb"),
        ("", "nb"),
        ("*;q=x,,;;", "nb"),
    ],
)
def test_the_front_door_speaks_the_visitors_language(app: Flask, visitor: Visitor, wish: str, lang: str) -> None:
    a_sale()
    assert visitor.get("/", **{"Accept-Language": wish}).location.endswith(f"/{lang}/")


def test_a_language_that_the_centre_does_not_speak_is_not_found(app: Flask, visitor: Visitor) -> None:
    a_sale(languages=["lv", "en"])
    assert visitor.get("/nb/").status_code == 404
    assert visitor.get("/de/").status_code == 404
    assert visitor.get("/lv/").status_code == 200


@pytest.mark.parametrize(("lang", "sentence"), [("nb", "Vi finner ikke den siden"), ("lv", "Šādu lapu nevaram atrast")])
def test_an_error_page_speaks_the_language_and_has_a_number_to_tell(
    app: Flask, visitor: Visitor, lang: str, sentence: str
) -> None:
    a_sale()
    answer = visitor.get(f"/{lang}/no-such-page")
    assert answer.status_code == 404
    assert sentence in words(answer)
    assert answer.headers["X-Request-Id"] in words(answer)


def test_a_form_larger_than_any_of_ours_is_refused(app: Flask, visitor: Visitor) -> None:
    a_sale()
    answer = visitor.post("/nb/tickets", {"note": "x" * 300_000})
    assert answer.status_code == 413
    assert "Det var for mye" in words(answer)


def test_a_page_asked_for_in_a_way_it_does_not_have_says_so(app: Flask, client: FlaskClient) -> None:
    a_sale()
    assert ask(client, "DELETE", "/nb/tickets") == 405
    assert ask(client, "POST", "/nb/") == 405
    assert ask(client, "HEAD", "/nb/tickets") == 200


def test_health_tells_about_the_worker(app: Flask, client: FlaskClient) -> None:
    a_sale()
    assert ask(client, "GET", "/healthz") == 503  # no worker has been seen


SAID = st.one_of(
    st.text(max_size=30),
    st.integers().map(str),
    st.sampled_from(
        ["", "0", "-1", "1e9", "٢", "\x00", "../..", "%s%n", "{{7*7}}", "' OR 1=1 --", "😀" * 50, "NaN", "null"]
    ),
)
FIELDS = st.sampled_from(
    (
        *("party", "month", "date", "slot", "around", "name", "email", "phone"),
        *("needs", "topics", "terms", "play", "reference", "q"),
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_nonsense_breaks_an_address(app: Flask, crowd: dict[str, str], data: st.DataObject) -> None:
    visitor = Visitor(app.test_client())
    visitor.token = crowd["token"]
    visitor.client.set_cookie("session", crowd["session"])
    rule = data.draw(st.sampled_from([rule for rule in rules(app) if EVERYBODYS.match(rule.endpoint)]))
    method = data.draw(st.sampled_from(methods(rule)))
    secret = data.draw(st.sampled_from([crowd["booking"], crowd["hold"], SECRET, "x" * 300, "é", "%00"]))
    fields = data.draw(st.dictionaries(FIELDS, SAID, max_size=5))
    quantities = data.draw(st.dictionaries(st.sampled_from(crowd["quantity"].split()), SAID, max_size=2))
    sendable = {name: text.encode("utf-8", "replace").decode() for name, text in (fields | quantities).items()}
    address = path(rule, data.draw(st.sampled_from(["nb", "en", "lv"])), secret)
    form = {"csrf_token": crowd["token"]} | sendable if method == "POST" else None
    status = ask(visitor.client, method, address, query_string=sendable, data=form)
    # 503 is health's own word for a worker that nobody has seen.
    assert status < 500 or rule.endpoint == "machine.health", (method, address, sendable, status)


@pytest.fixture
def crowd(app: Flask, visitor: Visitor) -> dict[str, str]:
    """A small centre with a booking and a basket, and a session whose token is known."""
    _, slot, adult = a_sale(capacity=400)
    booking, hold = a_confirmed_booking(slot, adult), a_hold(slot, adult)
    visitor.get("/nb/my-booking")
    session = visitor.client.get_cookie("session")
    assert session is not None
    return {
        "booking": booking.secret,
        "hold": hold.secret,
        "token": visitor.token,
        "session": session.value,
        "quantity": f"q-{slot}-{adult} q-{slot}-999999 q-999999-{adult} q-0-0 q-{'9' * 30}-1",
    }
