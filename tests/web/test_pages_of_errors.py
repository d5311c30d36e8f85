"""What goes wrong is said, whoever forgot to."""

from __future__ import annotations

import pytest
from flask import Flask

from booking.door.refusals import MarkTaken
from booking.staff.models import Role
from booking.web.visitor import tickets
from tests.builders import a_centre
from tests.web.browsing import words
from tests.web.staffing import a_colleague


def test_a_refusal_that_no_page_answers_is_told_in_its_own_words_and_is_no_fault_of_the_house(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_centre()

    def refuse(*_anything: object) -> None:
        raise MarkTaken

    monkeypatch.setattr(tickets, "month_of", refuse)
    answer = app.test_client().get("/nb/tickets")
    assert answer.status_code == 409
    assert "Det nådde oss ikke riktig." in words(answer)


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/staff/no-such-page", 404, "or what it showed is gone"),
        ("/staff/invoices/999", 404, "or what it showed is gone"),
        ("/staff/settings", 403, "Ask an administrator if it should."),
    ],
)
def test_staff_who_went_wrong_stay_among_their_own_pages(app: Flask, path: str, status: int, sentence: str) -> None:
    a_centre()
    answer = a_colleague(app, Role.FINANCE).get(path)
    assert (answer.status_code, sentence in words(answer)) == (status, True)
    page = answer.get_data(as_text=True)
    assert ('href="/staff/invoices"' in page, "Find my booking" in page) == (True, False)
