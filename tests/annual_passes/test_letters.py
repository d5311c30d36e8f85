"""The letters: the pass with its link and its sheet, to the giver that it is paid, and what is told to who asks."""

from __future__ import annotations

import pytest
from flask import Flask

from booking import person
from booking.annual_passes.issue import WantedPass
from booking.annual_passes.models import AnnualPass
from booking.kernel import clock
from booking.kernel.database import end_reading, unit_of_work
from booking.mail import messages
from booking.person import DataSection
from booking.running.worker import run_once
from booking.settings import settings_of
from tests.annual_passes.given import a_kind, a_pass, pass_of_order
from tests.annual_passes.test_check import change
from tests.builders import a_sale

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

GIVEN = WantedPass(("Ola",), recipient_email="ola@example.org", giver="Kari", greeting="Til deg!\n<b>Hei</b>")


def test_the_pass_comes_with_its_link_a_sheet_and_the_right_to_withdraw(app: Flask) -> None:
    a_sale()
    bought = a_pass()
    letter = messages.write("mail.annual_pass", 1, {"pass_id": bought.id, "asked": 1}, settings_of(app))
    assert letter is not None
    assert letter.recipient == "kari@example.org"
    assert f"/nb/pass/{bought.secret}" in letter.text
    assert "/withdraw" in letter.text
    assert bought.code not in letter.text
    (sheet,) = letter.attachments
    assert sheet.content.startswith(b"%PDF")
    assert messages.write("mail.annual_pass", 1, {"pass_id": bought.id, "asked": 2}, settings_of(app)) is None
    change(AnnualPass, withdrawn_at=clock.now())
    assert messages.write("mail.annual_pass", 1, {"pass_id": bought.id, "asked": 1}, settings_of(app)) is None


def test_one_that_is_given_goes_to_who_has_it_and_the_giver_is_told_without_the_way_in(app: Flask) -> None:
    a_sale()
    bought = a_pass(a_kind(), GIVEN)
    letter = messages.write("mail.annual_pass", 1, {"pass_id": bought.id, "asked": 1}, settings_of(app))
    assert letter is not None
    assert letter.recipient == "ola@example.org"
    assert "Kari gir deg et årskort" in letter.text
    assert "&lt;b&gt;Hei&lt;/b&gt;" in letter.html
    assert "/withdraw" not in letter.text
    told = messages.write("mail.annual_pass_bought", 2, {"booking_id": bought.booking_id}, settings_of(app))
    assert told is not None
    assert told.recipient == "kari@example.org"
    assert bought.secret not in told.text
    assert "/withdraw" in told.text


def test_the_worker_sends_them_and_remembers_it(app: Flask) -> None:
    a_sale()
    bought = a_pass(a_kind(), GIVEN)
    assert run_once(app) >= 2
    assert pass_of_order(bought.booking_id).sent_at is not None


def test_who_asks_reads_what_is_held_and_a_valid_pass_stays_with_its_names(app: Flask) -> None:
    a_sale()
    a_pass(a_kind(), GIVEN)
    end_reading()
    for asks in ("ola@example.org", "kari@example.org"):
        (row,) = person.find(asks, clock.now()).sections[DataSection.PASSES]
        assert row["giver"] == "Kari"
    end_reading()
    with unit_of_work():
        person.erase("ola@example.org", clock.now(), "account:1")
    assert len(person.find("ola@example.org", clock.now()).sections[DataSection.PASSES]) == 1
    end_reading()
    change(AnnualPass, withdrawn_at=clock.now())
    with unit_of_work():
        person.erase("ola@example.org", clock.now(), "account:1")
    assert person.find("ola@example.org", clock.now()).sections[DataSection.PASSES] == []
