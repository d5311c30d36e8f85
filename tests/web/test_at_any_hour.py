"""A booking's pages before its time, while it lasts and long after: none of them breaks on how late it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from booking.staff.models import Role
from tests.builders import tomorrow
from tests.web.browsing import Visitor, words
from tests.web.test_changing import Visit
from tests.web.test_desk import signed_in
from tests.web.test_every_address import methods, path, rules

# From ten o'clock, when they are to come: with time to cancel, without, begun, over, the next day, years later.
HOURS = (-20, -0.5, 0, 0.2, 1.5, 5, 30, 24 * 800)


@pytest.fixture
def visit(app: Flask) -> Visit:
    return Visit()


def broken(visitor: Visitor, app: Flask, part: str, secret: str, booking_id: int) -> list[str]:
    """The addresses with this in them that answer that something is wrong with us, opened and sent empty."""
    answers = []
    for rule in rules(app):
        if part not in rule.rule:
            continue
        address = path(rule, "en", secret, booking_id)
        for method in methods(rule):
            status = (visitor.get if method == "GET" else visitor.post)(address).status_code
            if status >= 500:
                answers.append(f"{method} {rule.rule}: {status}")
    return answers


@pytest.mark.parametrize("hours", HOURS)
def test_a_buyers_pages_answer_at_any_hour(app: Flask, visitor: Visitor, visit: Visit, hours: float) -> None:
    with time_machine.travel(tomorrow(10) + timedelta(hours=hours)):
        assert broken(visitor, app, "/b/<secret>", visit.facts.secret, visit.id) == []


@pytest.mark.parametrize("hours", HOURS)
def test_the_offices_pages_of_a_booking_answer_at_any_hour(
    app: Flask, visitor: Visitor, visit: Visit, hours: float
) -> None:
    with time_machine.travel(tomorrow(10) + timedelta(hours=hours)):
        office = signed_in(visitor, Role.ADMIN)
        assert broken(office, app, "/staff/bookings/<int:", visit.facts.secret, visit.id) == []


@pytest.mark.parametrize("page", ["change", "cancel"])
def test_whoever_comes_too_late_reads_so_first_and_is_offered_nothing(
    visit: Visit, visitor: Visitor, page: str
) -> None:
    with time_machine.travel(tomorrow(10) + timedelta(minutes=20)):
        answer = visitor.get(f"{visit.page}/{page}")
    assert answer.status_code == 200
    assert "This was possible until" in words(answer)
    assert 'class="order changing"' not in answer.text and 'class="danger"' not in answer.text
