"""What goes wrong is said, whoever forgot to."""

from __future__ import annotations

import pytest
from flask import Flask

from booking.door.refusals import MarkTaken
from booking.web.visitor import tickets
from tests.builders import a_centre
from tests.web.browsing import words


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
