"""Limits on how often and how much: guessing is slow, and nobody can empty a day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from booking import create_app
from booking.kernel.database import db
from booking.web.extensions import limiter
from tests.builders import a_centre, a_sale, taken
from tests.conftest import settings_for
from tests.web.browsing import Visitor, words


@pytest.fixture
def strict_app(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The same database behind an app that limits as in production."""
    made = create_app(settings_for(database_url, tmp_path, RATE_LIMITS="on"))
    yield made
    limiter.reset()
    limiter.enabled = False  # one limiter serves every app of the process; the others have theirs off
    with made.app_context():
        db.engine.dispose()


def test_asking_for_links_again_and_again_is_stopped_with_a_page_that_says_so(strict_app: Flask) -> None:
    a_sale()
    visitor = Visitor(strict_app.test_client())
    answers = [visitor.post("/nb/my-booking", {"email": f"kari{n}@example.org"}) for n in range(12)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert "Litt for fort" in words(answers[-1])


def test_a_visitor_cannot_fill_a_day_with_baskets(strict_app: Flask) -> None:
    _, slot, adult = a_sale(capacity=400, most_places_address=30, most_people=30)
    answers = []
    for _ in range(5):
        answers.append(Visitor(strict_app.test_client()).hold(slot, adult, 10))  # each a browser without our cookie
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429, 429]
    assert "høyst 30 for én dag uten betaling" in words(answers[-1])
    assert taken(slot) == 30


def test_guessing_sign_in_links_is_stopped(strict_app: Flask) -> None:
    a_sale()
    visitor = Visitor(strict_app.test_client())
    statuses = [visitor.post("/staff/enter/4BKC9RC7M7AWJB3W3C1D4JSVCV").status_code for _ in range(25)]
    assert statuses[0] == 403
    assert statuses[-1] == 429


def test_one_network_cannot_sign_up_the_world(strict_app: Flask) -> None:
    a_centre()
    client = strict_app.test_client()
    seen = [
        client.post("/nb/newsletter", data={"email": f"nr{number}@example.org", "topics": "shows"}).status_code
        for number in range(22)
    ]
    assert seen.count(429) == 2
