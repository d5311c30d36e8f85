"""The page that a school brings to the door, and how many pages and letters say that they are."""

from __future__ import annotations

import io

import pypdf
import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask_babel import force_locale

from booking.bookings import queries
from booking.bookings.queries import BookingFacts
from booking.centre.facts import the_centre
from booking.centre.wording import LOCALES, Wording
from booking.documents.looks import plain_look
from booking.documents.paper import VisitPaper
from booking.documents.papers import ticket_paper
from booking.documents.pdf import ticket_pdf
from booking.documents.qr import door_text
from booking.documents.visit_paper import entry_paper
from tests.builders import a_confirmed_booking, a_sale
from tests.visits.booked import a_school_centre, a_visit


@pytest.fixture
def visit(app: Flask) -> BookingFacts:
    """Two classes that have booked as teachers do."""
    visit = queries.by_id(a_visit(a_school_centre(), "6A", "6B").booking_id)
    assert visit is not None
    return visit


def printed(facts: BookingFacts, lang: str) -> bytes:
    """The paper in a language."""
    with force_locale(LOCALES[lang]):
        return ticket_pdf(entry_paper(facts, the_centre(), Wording.of(lang, the_centre())))


def words_on(pdf: bytes) -> list[str]:
    """What each page says."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("lang", LOCALES)
def test_a_school_has_one_page_with_its_plan_by_class_its_numbers_and_one_code(visit: BookingFacts, lang: str) -> None:
    pdf = printed(visit, lang)
    (page,) = words_on(pdf)
    for words in ("Solbakken skole", "6A", "6B", "Bridges", "Body", visit.reference, "48", "52"):
        assert words in page, words
    assert "1 ×" not in page
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [door_text(visit.code)]


def test_a_line_of_a_class_says_how_many_pupils_there_are(visit: BookingFacts) -> None:
    pupils = [line for line in visit.lines if line.ticket_title["en"] == "Pupil"]
    assert {line.number for line in pupils} == {24}
    with force_locale("en"):
        look = plain_look(the_centre().brand)
        paper = ticket_paper(visit, [], the_centre(), look, Wording.of("en", the_centre()))
    assert "24 × Pupil" in {kind for line in paper.lines for kind in line.kind.splitlines()}


def test_a_family_still_has_its_tickets(app: Flask) -> None:
    _, slot, adult = a_sale()
    facts = queries.by_id(a_confirmed_booking(slot, adult, 3).booking_id)
    assert facts is not None
    with force_locale("en"):
        paper = entry_paper(facts, the_centre(), Wording.of("en", the_centre()))
    assert not isinstance(paper, VisitPaper)
    assert [line.kind for line in paper.lines] == ["3 × Voksen"]
    assert len(paper.tickets) == 3
