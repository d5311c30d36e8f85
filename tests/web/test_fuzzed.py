"""Nonsense for every address: nothing of it may break a page. `python -m tests.web.fuzzing` sends more of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from booking.kernel import clock
from booking.kernel.database import db
from booking.running.check import breaches
from booking.running.forgetting import forget_all
from tests.conftest import empty_database
from tests.support.demos import lay_out_here
from tests.web.fuzzing import NOBODY, Asked, Fuzzer

SEED = 20261104


@pytest.fixture(scope="module")
def fuzzer(made_app: Flask) -> Iterator[Fuzzer]:
    """A demo centre to be tormented, the same for all tests here."""
    with made_app.app_context():
        empty_database()
        lay_out_here("vizium")
        db.session.rollback()
        yield Fuzzer(made_app, SEED)
        db.session.rollback()
        empty_database()


def test_every_address_bears_nonsense_once(fuzzer: Fuzzer) -> None:
    cases = sum(len((rule.methods or set()) & {"GET", "POST"}) for rule in fuzzer.rules)
    assert cases > 300
    assert [f"{broken.asked}\n{broken.cause}" for broken in fuzzer.run(cases)] == []
    # It is no test if everything is turned away at the door.
    assert fuzzer.statuses[200] > 150
    assert fuzzer.statuses[422] > 5
    with fuzzer.app.app_context():
        forget_all(clock.now())  # nonsense about visits of months ago lives until the night
        assert breaches() == []


# Each of these was answered 500 once.
@pytest.mark.parametrize(
    "query", ["endpoint=x", "_method=POST", "_scheme=ftp", "_external=1", "_anchor=x", "lang=lv&lang=en", "values=1"]
)
def test_a_query_means_nothing_to_the_address_of_another_language(fuzzer: Fuzzer, query: str) -> None:
    for page in ("/en/", "/en/tickets", "/en/school", "/en/school/visit"):
        with fuzzer.app.app_context():
            answer = fuzzer.app.test_client().get(f"{page}?{query}")
        assert answer.status_code == 200
        assert f'href="/lv{page[3:]}?{query.replace("&", "&amp;")}"' in answer.get_data(as_text=True), page


@pytest.mark.parametrize("kind", ["file", "json", "list", "text", "broken", "empty"])
@pytest.mark.parametrize("path", ["/en/my", "/en/my-booking", "/en/tickets", "/en/school/visit", "/staff/sign-in"])
def test_what_is_no_form_is_answered_as_an_empty_one(fuzzer: Fuzzer, path: str, kind: str) -> None:
    before = len(fuzzer.broken)
    fuzzer.send(Asked(NOBODY, "POST", path, kind, [("email", "kari@example.org"), ("email", ""), ("code", "1")]))
    assert fuzzer.broken[before:] == []
