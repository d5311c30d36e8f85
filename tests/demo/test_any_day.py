"""The demo is worth a look on whatever day it is opened: the day it was loaded, and every day for months after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.agreements.models import Agreement, School
from booking.agreements.references import read_org_number
from booking.centre.facts import the_centre
from booking.demo.load import CENTRES
from booking.invoicing.frozen import from_kept
from booking.invoicing.kid import is_kid, is_rf
from booking.invoicing.models import Invoice
from booking.invoicing.receivables import open_receivables
from booking.invoicing.ubl import ubl
from booking.kernel import clock
from booking.kernel.database import db
from booking.running.check import breaches
from tests.conftest import empty_database
from tests.support.demos import lay_out_here
from tests.support.peppol import Peppol
from tests.web.browsing import Visitor

# test_load loads the same centres on both, and looks at what comes of it.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module", params=sorted(CENTRES))
def begun(request: pytest.FixtureRequest, made_app: Flask) -> Iterator[datetime]:
    """A demo centre, loaded now; the tests of this module only look."""
    now = clock.now()
    with made_app.app_context():
        empty_database()
        lay_out_here(request.param)
        yield now
        db.session.rollback()
        empty_database()


def front(app: Flask, at: datetime, lang: str = "en") -> str:
    """The front page at a moment."""
    with time_machine.travel(at, tick=False):
        page = Visitor(app.test_client()).get(f"/{lang}/")
        assert page.status_code == 200
        db.session.rollback()
        return page.get_data(as_text=True)


@pytest.fixture(scope="module")
def peppol() -> Peppol:
    """Loaded once for both centres."""
    return Peppol()


def test_every_document_is_taken_by_payers_systems(begun: datetime, peppol: Peppol) -> None:
    kept = db.session.execute(select(Invoice.number, Invoice.document)).all()
    findings = {number: peppol.findings(ubl(from_kept(document))) for number, document in kept}
    assert len(findings) > 20
    assert {number: refused for number, refused in findings.items() if refused} == {}


def test_a_class_that_was_here_waits_for_whoever_tries_to_invoice_it(begun: datetime) -> None:
    owed, today = open_receivables(the_centre(), begun), the_centre().local(begun).date()
    ready = [each for each in owed if each.on < today and each.waits_for(set_up=True, exempt=True) is None]
    assert ready


def test_payments_name_documents_as_banks_of_the_country_know_it(begun: datetime) -> None:
    is_known = is_kid if the_centre().country == "NO" else is_rf
    assert [kid for kid in db.session.scalars(select(Invoice.kid)) if not is_known(kid)] == []


def test_every_number_of_a_school_and_of_a_payer_is_one(begun: datetime) -> None:
    country = the_centre().country
    numbers = [*db.session.scalars(select(School.org_number)), *db.session.scalars(select(Agreement.org_number))]
    assert [number for number in numbers if number and read_org_number(number, country) != number] == []
    assert read_org_number(the_centre().org_number, country)


@pytest.mark.any_day
def test_on_its_first_day_the_house_is_true_and_offers_times_and_shows(made_app: Flask, begun: datetime) -> None:
    assert breaches() == []
    page = front(made_app, begun)
    assert "Next available times" in page
    assert "Nothing is available" not in page
    assert page.count('class="time"') >= 4
    assert page.count('class="event-card"') >= 2
    assert re.search("Open today|We open again on", page)


def test_no_day_of_the_months_to_come_has_an_empty_front_page(made_app: Flask, begun: datetime) -> None:
    for days in range(100):
        at = begun + timedelta(days=days)
        page = front(made_app, at)
        doors = re.search(r'class="doors-today">(.*?)</p>', page, re.DOTALL)
        assert doors, at
        assert "Open today" in doors[1] or "We open again on" in doors[1], (at, doors[1])
        assert page.count('class="time"') >= 2, at
        assert 'class="event-card"' in page, at
