"""An invoice on paper: it says what its XML says, figure by figure, and reads well in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from zoneinfo import ZoneInfo

import pypdf
import pypdfium2
import pytest
from babel import Locale
from flask import Flask
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from booking.centre.wording import LOCALES, Wording
from booking.documents.looks import plain_look
from booking.invoicing.document import BilledTo, Charge, InvoiceDocument, PostalAddress, Settled, credited, settle
from booking.invoicing.paper import account_at_home, in_threes, invoice_pdf
from booking.invoicing.ubl import ubl
from tests.documents.test_papers import HOSTILE, LANGUAGES, LONG, root_of, says_it_is_accessible
from tests.invoicing.documents import LOW, SELLER, TEACHING, TOWN, an_invoice
from tests.invoicing.drawn import settleds
from tests.invoicing.reading import figures_of_paper, figures_of_xml, pages_of
from tests.invoicing.samples import CLASS, MANY, NOTE, SAMPLES

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def pdf_of(document: InvoiceDocument, lang: str = "nb") -> bytes:
    with force_locale(LOCALES[lang]):
        return invoice_pdf(replace(document, lang=lang), plain_look("#0b6e8f"), wording(lang))


def wording(lang: str) -> Wording:
    return Wording(lang, Locale.parse(LOCALES[lang]), ZoneInfo("Europe/Oslo"), "NOK")


def words(document: InvoiceDocument, lang: str = "nb") -> str:
    """All that it says, on one line."""
    return " ".join(" ".join(pages_of(pdf_of(document, lang))).split())


def reads_alike(document: InvoiceDocument, lang: str) -> None:
    """The paper in that language, against the XML."""
    pdf = pdf_of(document, lang)
    with force_locale(LOCALES[lang]):
        on_paper = figures_of_paper(pdf, wording(lang))
    assert on_paper == figures_of_xml(ubl(document), wording(lang))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("document", [CLASS, MANY, NOTE], ids=["class", "many rates", "credit note"])
def test_paper_and_xml_say_the_same_figures(app: Flask, document: InvoiceDocument, lang: str) -> None:
    reads_alike(document, lang)


@pytest.mark.parametrize("document", SAMPLES.values(), ids=SAMPLES)
def test_every_kind_of_invoice_and_its_credit_note_say_the_same_on_paper(app: Flask, document: InvoiceDocument) -> None:
    reads_alike(document, "nb")
    reads_alike(credited(document, document.settled, "10002", document.due_on, "Feil mottaker"), "nb")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(settleds(st.just("Klasse")), st.sampled_from(LANGUAGES))
def test_whatever_it_comes_to_paper_and_xml_agree(app: Flask, settled: Settled, lang: str) -> None:
    reads_alike(an_invoice(settled=settled), lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("document", [MANY, NOTE], ids=["invoice", "credit note"])
def test_it_is_accessible_in_every_language(app: Flask, document: InvoiceDocument, lang: str) -> None:
    pdf = pdf_of(document, lang)
    assert says_it_is_accessible(pdf)
    assert root_of(pdf)["/Lang"] == lang
    assert {"/Table", "/TH", "/TD", "/H1", "/H2"} <= set(tags_of(pypdf.PdfReader(BytesIO(pdf)).root_object))


def tags_of(element: PdfObject | None) -> Iterator[str]:
    """Every tag of the tree that a screen reader goes through."""
    element = element.get_object() if element is not None else None
    if isinstance(element, ArrayObject):
        for child in element:
            yield from tags_of(child)
    elif isinstance(element, DictionaryObject):
        yield str(element.get("/S", ""))
        for name in ("/StructTreeRoot", "/K"):
            yield from tags_of(element.get(name))


def test_it_says_what_the_law_wants_of_a_norwegian_seller(app: Flask) -> None:
    text = words(CLASS)
    for part in (
        "Vitensenteret AS · Kaien 1 · 5003 Bergen · Org.nr. 987 654 325 MVA · Foretaksregisteret",
        "Storby kommune Rådhusgata 10 5014 Bergen Org.nr. 123 456 785",
        "Fjellet skole Skoleveien 2 5020 Bergen",
        "LEVERT 4. november 2026",
        "FORFALLSDATO 5. desember 2026 KONTONUMMER 8601 11 17947 KID 000000700100019",
        "IBAN NO93 8601 1117 947, BIC DNBANOKK",
    ):
        assert part in text


def test_a_mail_address_at_the_foot_is_never_broken(app: Flask) -> None:
    for letters in range(1, 40):  # wherever on the line it comes
        seller = replace(SELLER, name="V" * letters + "itensenteret", email="regnskap.og.faktura@vitensenteret.example")
        assert "regnskap.og.faktura@vitensenteret.example" in pages_of(pdf_of(replace(CLASS, seller=seller)))[0]


def test_the_sums_and_the_vat_in_them_stay_on_one_page(app: Flask) -> None:
    for lines in range(20, 40):
        charges = [Charge(f"Klasse {n}", 1, 11_000, (LOW, TEACHING)[n % 2]) for n in range(lines)]
        last = pages_of(pdf_of(an_invoice(settled=settle(charges))))[-1]
        assert ("Sum uten mva." in last, "Mva. etter sats" in last) == (True, True)


def test_a_credit_note_says_what_it_is_for_and_why_and_asks_for_no_money(app: Flask) -> None:
    text = words(NOTE)
    assert "Kreditnota Gjelder faktura 10001 av 5. november 2026. Feil mottaker" in text
    assert "TIL GODE 2 970,00 NOK" in text
    for part in ("KID", "KONTONUMMER", "IBAN", "FORFALL", "Å BETALE"):
        assert part not in text


def test_a_payer_without_number_address_or_reference_gets_paper(app: Flask) -> None:
    person = BilledTo("Kari Nordmann", "", PostalAddress("", "", "", "NO"), None, "kari@example.org")
    text = words(an_invoice(billed_to=person, reference=""))
    assert "BETALER Kari Nordmann LEVERT TIL Fjellet skole" in text
    assert "REFERANSE" not in text


def test_what_is_paid_already_names_no_account(app: Flask) -> None:
    text = words(SAMPLES["all paid before"])
    assert "Betalt tidligere −2 970,00" in text
    for part in ("KID", "KONTONUMMER", "IBAN"):
        assert part not in text


def test_why_nothing_is_taxed_stands_beside_the_sum(app: Flask) -> None:
    text = words(MANY, "nn")
    assert "unnateke Undervisning, merverdiavgiftsloven § 3-5; Teater, merverdiavgiftsloven § 3-7 3 499,98 0,00" in text


def test_a_payer_abroad_has_its_country_in_words(app: Flask) -> None:
    abroad = PostalAddress("Storgatan 1", "411 38", "Göteborg", "SE")
    text = words(an_invoice(billed_to=replace(TOWN, org_number="", address=abroad)), "nn")
    assert "Storgatan 1 411 38 Göteborg Sverige LEVERT TIL" in text


def test_a_latvian_centre_has_its_own_numbers_and_its_iban_alone(app: Flask) -> None:
    text = words(SAMPLES["by a centre in Latvia"], "lv")
    for part in (
        "SIA Zinātnes centrs · Krasta iela 1 · Rīga, LV-1003 · Reģ. Nr. 40003000000 · PVN Nr. LV40003000000",
        "KONTA NUMURS LV80 BANK 0000 4351 9500 1 MAKSĀJUMA ATSAUCE RF2510001",
        "BIC HABALV22",
    ):
        assert part in text
    assert "IBAN" not in text


def test_sixty_lines_go_over_pages_that_each_say_what_they_are(app: Flask) -> None:
    lines = [Charge(f"Klasse {n}", n, n * 11_000, LOW, date(2026, 11, 1 + n % 28)) for n in range(1, 61)]
    document = an_invoice(settled=settle(lines))
    first, *others = pages_of(pdf_of(document))
    assert len(others) >= 2
    assert all(page.startswith("Faktura 10001\nBESKRIVELSE ANTALL STYKKPRIS") for page in others[:-1])
    assert not first.startswith("Faktura 10001")
    reads_alike(document, "nb")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_stops_an_invoice(app: Flask, text: str) -> None:
    charges = [Charge(text, 1, 100, LOW), Charge("Klasse", 27, 297_000, LOW)]
    names = {
        "billed_to": replace(TOWN, name=text, address=PostalAddress(text, "5003", text, "NO")),
        "delivered": replace(CLASS.delivered, name=text),
        "seller": replace(SELLER, name=text or "Senteret"),
    }
    pdf = pdf_of(an_invoice(settled=settle(charges), reference="12345", reason=text, **names))
    assert says_it_is_accessible(pdf)
    assert "2 652,68" in " ".join(pages_of(pdf)).replace("\xa0", " ")


def test_long_words_stay_on_the_page_and_in_their_place(app: Flask) -> None:
    document = an_invoice(
        settled=settle([Charge(LONG, 400, 3_000_000_00, LOW)]),
        billed_to=replace(TOWN, name=LONG),
        delivered=replace(CLASS.delivered, name=LONG),
        seller=replace(SELLER, name=LONG),
        reference="B123456",
        order_number="1" * 40,
    )
    pdf = pdf_of(document)
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        boxes = [text.get_rect(n) for n in range(text.count_rects())]
        margin = 20 / 25.4 * 72 - 1
        assert all(left >= margin and right <= page.get_width() - margin for left, _low, right, _high in boxes)
    assert "".join(pages_of(pdf)).replace("\n", "").count(LONG) == 5  # its seller at the head and at the foot


@pytest.mark.parametrize(
    ("account", "at_home"),
    [
        ("NO9386011117947", "8601 11 17947"),
        ("NO93 8601 1117 947", "8601 11 17947"),
        ("LV80BANK0000435195001", "LV80 BANK 0000 4351 9500 1"),
    ],
)
def test_an_account_is_written_as_one_types_it_at_home(app: Flask, account: str, at_home: str) -> None:
    assert account_at_home(account) == at_home


def test_a_number_that_is_no_organisation_number_stays_as_it_is(app: Flask) -> None:
    assert [in_threes(number) for number in ("987654325", "987 654 325", "12345", "")] == [
        "987 654 325", "987 654 325", "12345", "",
    ]  # fmt: skip
