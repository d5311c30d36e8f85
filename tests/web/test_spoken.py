"""Pages whose texts were put in when they were compiled are those that Jinja would have written."""

from __future__ import annotations

import re
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from flask import Flask, request, url_for
from flask.templating import Environment

from booking.kernel import clock
from booking.staff.models import Role
from booking.web.addresses import fixed_address
from booking.web.languages import LANGUAGES, in_other_language
from booking.web.spoken import Spoken
from tests.builders import a_sale
from tests.web.browsing import Visitor
from tests.web.test_desk import a_party, signed_in

PUBLIC = ("", "tickets", "terms", "privacy", "accessibility", "my-booking", "school", "today", "nowhere")
OWN = re.compile(r'name="(?:csrf_token|mark)" value="[^"]*"|<code[^>]*>[0-9a-f]{16}</code>|[0-9a-f]{16}')


def test_pages_read_alike_in_every_language(app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    _, slot_id, _ = a_sale(languages=list(LANGUAGES))
    a_party(2, minutes=0)
    desk = signed_in(visitor, Role.ADMIN)
    paths = [f"/{lang}/{page}" for lang in LANGUAGES for page in (*PUBLIC, f"tickets?slot={slot_id}")]
    staff = ["/staff/desk/scan", "/staff/desk/", "/staff/", "/staff/desk/house"]
    with time_machine.travel(clock.now(), tick=False):
        quick = [_page(desk, path) for path in [*paths, *staff]]
        assert len(app.jinja_env.in_language) >= len(LANGUAGES)  # type: ignore[attr-defined]  # our own environment
        monkeypatch.setattr(Spoken, "get_or_select_template", Environment.get_or_select_template)
        for path, page in zip([*paths, *staff], quick, strict=True):
            assert page == _page(desk, path), path


def test_a_texts_words_are_escaped_and_its_own_are_not(app: Flask) -> None:
    source = '{{ _("Wait until %(time)s", time=when) }}|{{ pgettext("a", "b") }}|{% set x = _("100%% <b>") %}{{ x }}'
    a_sale()
    with app.test_request_context("/en/"):
        app.preprocess_request()
        spoken = app.jinja_env._speaking("en_GB")  # type: ignore[attr-defined]
        template = spoken.template_class.from_code(spoken, spoken.compile(source, "a.html"), spoken.make_globals(None))
        page = template.render(when="<i>")
        assert page == app.jinja_env.from_string(source).render(when="<i>")
        assert page == "Wait until &lt;i&gt;|b|100% <b>"


def test_an_address_that_takes_nothing_is_that_of_its_language(app: Flask) -> None:
    a_sale(languages=list(LANGUAGES))
    for lang in (*LANGUAGES, *LANGUAGES):
        with app.test_request_context(f"/{lang}/"):
            app.preprocess_request()
            assert fixed_address("visitor.terms") == url_for("visitor.terms") == f"/{lang}/terms"
            assert fixed_address("staff.start") == url_for("staff.start")
            assert fixed_address("visitor.terms", lang="en") == "/en/terms"
            assert urlsplit(fixed_address("visitor.terms", _external=True)).netloc


def test_an_app_below_another_address_names_its_own(app: Flask) -> None:
    a_sale()
    for root in ("", "/below", ""):
        with app.test_request_context("/nb/", environ_overrides={"SCRIPT_NAME": root}):
            app.preprocess_request()
            assert fixed_address("visitor.terms") == f"{root}/nb/terms"


@pytest.mark.parametrize("root", ["", "/below"])
def test_a_page_in_another_language_is_the_same_page_asked_the_same(app: Flask, root: str) -> None:
    a_sale(languages=list(LANGUAGES))
    for path in ("/nn/", "/nn/tickets?date=2026-12-05&party=3&x=a%26b", "/nn/b/A%20B%3F?lang=lv&_method=POST"):
        with app.test_request_context(path, environ_overrides={"SCRIPT_NAME": root}):
            app.preprocess_request()
            for lang in LANGUAGES:
                address = url_for(request.endpoint or "", **{**(request.view_args or {}), "lang": lang})
                query = urlencode(list(request.args.items(multi=True)))
                assert in_other_language(lang) == (f"{address}?{query}" if query else address)


def _page(visitor: Visitor, path: str) -> str:
    return OWN.sub("", visitor.get(path).get_data(as_text=True))
