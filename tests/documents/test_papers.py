"""Tickets, receipts, QR codes and calendar files, opened by other people's readers."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace
from datetime import datetime
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import update

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.confirm import confirm
from booking.bookings.hold import hold
from booking.bookings.models import Booking
from booking.bookings.queries import BookingFacts
from booking.catalogue.models import Kind
from booking.centre.facts import CentreFacts
from booking.centre.wording import LOCALES, Wording
from booking.documents import pdf as press
from booking.documents.letters import all_drawable
from booking.documents.looks import look_of, sight_of
from booking.documents.papers import ticket_paper
from booking.documents.pdf import ticket_pdf
from booking.documents.qr import door_text, qr_plain_svg, qr_svg, read_door_text
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from tests.builders import a_confirmed_booking, a_sale, a_slot, a_ticket_type, an_activity, paid_for, tomorrow

LANGUAGES = ("nb", "nn", "en", "lv")
LONG = "kari-nordmann-" + "eksempel" * 11 + "@example.org"
HOSTILE = [
    '#image("/etc/passwd") *bold* _it_ $x^2$ <label> @ref \\ // /* ` #panic()',
    "Åse 🎟👨‍👩‍👧 Ødegård",
    "漢字 かな 한국어 ไทย",
    "x" * 300,
    "long words " * 27,
    "עברית ‮ مرحبا",
    "\"quotes\" 'and' {{ braces }} {% %}",
    "line\r\nbreak\ttab\x00\x07",
    "\ufeffKari\u200b Nord\u00admann\U000e0001",
    "\u0600\u06dd\u2028\x85\U0001d173\uffff\U000fffff",
    "\u0928\u0940\u0930\u091c \u0e01\u0e33 \u0710\u0308 \U00013000\U00013430\U00013000",
    LONG,
    "",
]


def facts_of(booking_id: int, **changes: object) -> BookingFacts:
    """A booking as its documents see it, after these changes to its row."""
    with unit_of_work():
        if changes:
            db.session.execute(update(Booking).where(Booking.id == booking_id).values(**changes))
    facts = queries.by_id(booking_id)
    assert facts is not None
    return facts


def tickets_as_pdf(facts: BookingFacts, centre: CentreFacts, lang: str = "nb") -> bytes:
    """The tickets of a booking."""
    with force_locale(LOCALES[lang]):
        write = Wording.of(lang, centre)
        look = look_of(centre, sight_of(centre, facts.lines), write)
        return ticket_pdf(ticket_paper(facts, queries.tickets_of(facts.id), centre, look, write))


def words(pdf: bytes) -> str:
    """The text of a PDF as a reader hears it, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def codes_in(pdf: bytes) -> list[list[str]]:
    """What a scanner reads on each page of a PDF that was printed at 150 dots an inch."""
    pages = []
    for page in pypdfium2.PdfDocument(pdf):
        image = page.render(scale=150 / 72).to_pil()
        pages.append([code.text for code in zxingcpp.read_barcodes(image)])
    return pages


def root_of(pdf: bytes) -> dict[str, Any]:
    """What the file says of itself as a whole."""
    root: dict[str, Any] = pypdf.PdfReader(io.BytesIO(pdf)).root_object
    return root


def says_it_is_accessible(pdf: bytes) -> bool:
    """Whether the file claims PDF/UA-1; the compiler has checked it by then (ISO 14289-1)."""
    root = root_of(pdf)
    metadata: bytes = root["/Metadata"].get_object().get_data()
    return bool(re.search(rb'pdfuaid:part(>|=")1', metadata)) and bool(root["/MarkInfo"]["/Marked"])


def test_a_qr_code_says_what_the_door_understands() -> None:
    code = new_secret()
    assert read_door_text(door_text(code)) == code


@pytest.mark.parametrize("typed", ["", "BST1.", "https://example.org", "BST1." + "I" * 26, "0" * 25, "0" * 27])
def test_the_door_takes_nothing_foreign(typed: str) -> None:
    assert read_door_text(typed) is None


def test_the_door_takes_a_code_typed_in_small_letters_with_spaces_around() -> None:
    assert read_door_text(f"  {door_text('0123456789ABCDEFGHJKMNPQRS').lower()}\n") == "0123456789ABCDEFGHJKMNPQRS"


def test_the_picture_for_pages_has_a_name_and_nothing_inline() -> None:
    svg = qr_svg(new_secret(), 'QR <code> & "more"')
    assert '<svg role="img"' in svg
    assert '<title>QR &lt;code&gt; &amp; "more"</title>' in svg
    assert "style=" not in svg


def test_the_picture_for_documents_is_plain() -> None:
    assert "<title" not in qr_plain_svg(new_secret())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tickets_are_accessible_pdf_in_every_language(app: Flask, lang: str) -> None:
    centre, slot, adult = a_sale()
    pdf = tickets_as_pdf(facts_of(a_confirmed_booking(slot, adult).booking_id, lang=lang), centre, lang)
    assert says_it_is_accessible(pdf)
    assert root_of(pdf)["/Lang"] == lang


def test_a_family_has_one_page_and_its_own_code_is_twice_as_large_as_each_persons(app: Flask) -> None:
    centre, slot, adult = a_sale()
    facts = facts_of(a_confirmed_booking(slot, adult, 6).booking_id)
    (page,) = pypdfium2.PdfDocument(tickets_as_pdf(facts, centre))
    codes = zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())
    wide = {code.text: code.position.top_right.x - code.position.top_left.x for code in codes}
    each = {door_text(ticket.code) for ticket in queries.tickets_of(facts.id)}
    assert set(wide) == each | {door_text(facts.code)}
    assert all(wide[door_text(facts.code)] > 2 * wide[code] for code in each)


def test_a_larger_party_has_its_code_alone_on_the_first_page_and_flows_on(app: Flask) -> None:
    centre, slot, adult = a_sale(capacity=40, most_people=40)
    facts = facts_of(a_confirmed_booking(slot, adult, 28).booking_id)
    first, *rest = codes_in(tickets_as_pdf(facts, centre))
    assert first == [door_text(facts.code)]
    assert len(rest) == 2
    each = {door_text(ticket.code) for ticket in queries.tickets_of(facts.id)}
    assert sorted(code for page in rest for code in page) == sorted(each)


def test_a_single_ticket_needs_one_page_only(app: Flask) -> None:
    centre, slot, adult = a_sale()
    facts = facts_of(a_confirmed_booking(slot, adult, 1).booking_id)
    assert codes_in(tickets_as_pdf(facts, centre)) == [[door_text(facts.code)]]


def test_a_ticket_says_who_when_what_and_how_many(app: Flask) -> None:
    centre, slot, adult = a_sale()
    facts = facts_of(a_confirmed_booking(slot, adult, 2).booking_id)
    paper = words(tickets_as_pdf(facts, centre))
    for word in (
        "Kari Nordmann",
        facts.reference,
        "Inngang",
        "2 × Voksen",
        "10:00",
        "Prøvesenteret AS",
        "Org.nr. 974 760 673 MVA",
    ):
        assert word in paper


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_stops_a_ticket(app: Flask, name: str) -> None:
    centre, slot, adult = a_sale()
    facts = facts_of(paid_for(a_confirmed_booking(slot, adult, 2)).booking_id)
    hostile = replace(facts, name=name)
    assert door_text(facts.code) in codes_in(tickets_as_pdf(hostile, centre))[0]


def test_markup_in_a_name_stays_words(app: Flask) -> None:
    centre, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult, 1, name="#let x = 1 *bold* $x$ @ref")
    assert "#let x = 1 *bold* $x$ @ref" in words(tickets_as_pdf(facts_of(held.booking_id), centre))


def test_letters_without_a_shape_become_squares_and_the_others_stay(app: Flask) -> None:
    centre, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult, 1, name="Åse 漢字 Ødegård 🎟")
    assert "Åse □□ Ødegård □" in words(tickets_as_pdf(facts_of(held.booking_id), centre))


@pytest.mark.parametrize("name", ["漢" * 120, "".join(chr(0x1000 + 97 * n) for n in range(120)), LONG])
def test_an_odd_name_costs_no_more_than_twice_what_a_plain_one_does(app: Flask, name: str) -> None:
    centre, slot, adult = a_sale()
    facts = facts_of(a_confirmed_booking(slot, adult, 6).booking_id)

    def set_in_seconds(buyer: str) -> float:
        begun = time.process_time()
        tickets_as_pdf(replace(facts, name=buyer), centre)
        return time.process_time() - begun

    set_in_seconds("warm")
    assert set_in_seconds(name) < 2 * max(set_in_seconds(f"Kari {n}") for n in range(3)) + 0.05


def test_every_letter_that_is_said_to_have_a_shape_has_one(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    centre, slot, adult = a_sale()
    facts = facts_of(a_confirmed_booking(slot, adult, 1).booking_id)
    monkeypatch.setattr(press, "plain", lambda _text: pytest.fail("the typesetter refused a letter of ours"))
    assert says_it_is_accessible(tickets_as_pdf(replace(facts, name=" ".join(all_drawable())), centre))


def test_what_the_typesetter_refuses_for_another_reason_still_comes_out(
    monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    centre, slot, adult = a_sale()
    facts = facts_of(a_confirmed_booking(slot, adult, 1).booking_id)
    monkeypatch.setattr(press, "drawable", lambda text: text)  # as if the list of shapes were wrong
    for name in ("\ufeffKari", "漢字 Kari", "\U0010ffff Kari"):
        made = tickets_as_pdf(replace(facts, name=name), centre)
        assert codes_in(made)[0] == [door_text(facts.code)]
        assert "Kari" in words(made)


def test_a_long_word_breaks_and_never_runs_into_a_code(app: Flask) -> None:
    centre, _, _ = a_sale()
    activity = an_activity(title=LONG)
    held = a_confirmed_booking(a_slot(activity), a_ticket_type(activity, title=LONG), 3, name=LONG)
    facts = facts_of(held.booking_id)
    made = tickets_as_pdf(facts, centre)
    (page_codes,) = codes_in(made)
    assert door_text(facts.code) in page_codes and len(page_codes) == 4
    for page in pypdfium2.PdfDocument(made):
        wide, high, text = page.get_width(), page.get_height(), page.get_textpage()
        boxes = [text.get_rect(n) for n in range(text.count_rects())]
        assert all(left >= 0 and right <= wide for left, _low, right, _high in boxes)
        for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil()):
            corners = code.position
            left, right = corners.top_left.x / 2, corners.bottom_right.x / 2
            top, low = high - corners.top_left.y / 2, high - corners.bottom_right.y / 2
            assert not any(x0 < right and x1 > left and y0 < top and y1 > low for x0, y0, x1, y1 in boxes)
    assert LONG in words(made).replace(" ", "")  # read aloud and copied as one word


def test_a_paper_that_says_the_same_is_made_once(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    centre, slot, adult = a_sale()
    facts = facts_of(a_confirmed_booking(slot, adult, 2).booking_id)
    first = tickets_as_pdf(facts, centre)
    monkeypatch.setattr(press, "_compile", lambda *_, **_more: pytest.fail("set again"))
    assert tickets_as_pdf(facts, centre) == first


def test_markup_in_the_titles_of_a_centre_stays_words(app: Flask) -> None:
    centre, _, _ = a_sale()
    activity = an_activity(title="#panic[Ild] & <is>")
    held = a_confirmed_booking(a_slot(activity), a_ticket_type(activity, title='Voksen "*"'), 1)
    paper = words(tickets_as_pdf(facts_of(held.booking_id), centre))
    assert "#panic[Ild] & <is>" in paper
    assert 'Voksen "*"' in paper


def a_visit_with_a_show(now: datetime) -> tuple[CentreFacts, BookingFacts]:
    """Entry for three at 12 % VAT, and the show an hour later at 25 %."""
    centre, slot, adult = a_sale(price=21000)
    show = an_activity(Kind.SHOW, title="Show", needs_admission=True)
    seat, eleven = a_ticket_type(show, 3333, "Plass", vat_rate=2500), a_slot(show, starts_at=tomorrow(11))
    with unit_of_work():
        held = hold([Pick(slot, adult, 3), Pick(eleven, seat, 3)], centre=centre, now=now, lang="nb")
    with unit_of_work():
        confirm(held.booking_id, now)
    paid_for(held)
    return centre, facts_of(held.booking_id)


def test_the_vat_of_a_booking_adds_up(app: Flask, now: datetime) -> None:
    _centre, facts = a_visit_with_a_show(now)
    shares = [(share.rate, share.net.minor, share.vat.minor) for share in facts.vat]
    assert shares == [(1200, 56250, 6750), (2500, 7999, 2000)]
    assert sum(share.gross.minor for share in facts.vat) == facts.total == 72999
