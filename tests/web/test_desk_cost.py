"""What the desk's pages cost, whoever comes."""

from __future__ import annotations

import pytest
from flask import Flask

from booking.staff.models import Role
from tests.builders import a_centre
from tests.web.browsing import Visitor, statements
from tests.web.test_desk import a_party, signed_in


@pytest.mark.parametrize("people", [2, 15])
def test_a_party_that_is_early_costs_the_page_no_more_for_being_large(
    app: Flask, visitor: Visitor, people: int
) -> None:
    a_centre()
    desk = signed_in(visitor, Role.DESK)
    booking, _, _ = a_party(people, minutes=180)
    with statements() as seen:
        desk.get(f"/staff/desk/booking/{booking}")
    assert len(seen) <= 15
