"""The code on an invoice in euro by which a bank's app fills a transfer in (EPC069-12), read as an app reads it."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import zxingcpp
from babel import Locale
from flask import Flask
from flask_babel import force_locale

from booking.centre.wording import Wording
from booking.documents.looks import plain_look
from booking.documents.qr import qr_transfer_svg
from booking.invoicing.document import Charge, InvoiceDocument, credited, settle
from booking.invoicing.how_to_pay.transfer import transfer_of
from booking.invoicing.kid import kid_of
from booking.invoicing.paper import invoice_pdf
from booking.invoicing.queries import IssuedFacts
from booking.web.payer.standing import shown
from tests.invoicing.documents import an_invoice, vat_of
from tests.invoicing.samples import CLASS, SAMPLES

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LATVIAN = replace(SAMPLES["by a centre in Latvia"], lang="lv")


def codes_on(document: InvoiceDocument) -> list[str]:
    """What the codes on its paper say."""
    with force_locale("lv_LV"):
        pdf = invoice_pdf(
            document,
            plain_look("#0b6e8f"),
            Wording("lv", Locale.parse("lv_LV"), ZoneInfo("Europe/Riga"), document.currency),
        )
    pages = [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page)]


def named(name: str) -> InvoiceDocument:
    """The Latvian invoice of a seller with this name."""
    return replace(LATVIAN, seller=replace(LATVIAN.seller, name=name))


def test_a_banks_app_reads_account_amount_and_reference_from_a_latvian_invoice(app: Flask) -> None:
    (code,) = codes_on(LATVIAN)
    assert code.split("\n") == [
        "BCD", "002", "1", "SCT", "HABALV22", "SIA Zinātnes centrs", "LV80BANK0000435195001", "EUR297", "",
        "RF2510001",
    ]  # fmt: skip


def test_what_was_paid_before_is_not_paid_again_by_it(app: Flask) -> None:
    (code,) = codes_on(replace(LATVIAN, prepaid=29_650))
    assert "EUR0.5" in code.split("\n")
    assert codes_on(replace(LATVIAN, prepaid=29_700)) == []


def test_a_credit_note_and_an_invoice_in_kroner_have_no_code(app: Flask) -> None:
    assert codes_on(credited(LATVIAN, LATVIAN.settled, "10002", LATVIAN.due_on, "Kļūda")) == []
    assert codes_on(CLASS) == []


def test_where_banks_know_a_kid_there_is_no_code_even_in_euro(app: Flask) -> None:
    assert transfer_of(replace(LATVIAN, kid=kid_of(7, 10001)), 100) is None


@pytest.mark.parametrize(
    "name", ["Zinātnes centrs " * 10, "漢" * 70, "🎟" * 70, "Ē" * 71], ids=["words", "漢", "🎟", "Ē"]
)
def test_a_long_name_is_cut_so_that_the_code_can_still_be_read(app: Flask, name: str) -> None:
    (code,) = codes_on(named(name))
    shown = code.split("\n")[5]
    assert shown and name.startswith(shown) and len(shown) <= 70
    assert len(code.encode()) <= 331


def test_a_name_of_several_lines_stays_on_its_own(app: Flask) -> None:
    (code,) = codes_on(named("SIA\nEUR1\r\nRF"))
    assert code.split("\n")[5:8] == ["SIA EUR1 RF", "LV80BANK0000435195001", "EUR297"]


def test_a_sum_that_no_transfer_holds_has_no_code(app: Flask) -> None:
    settled = settle([Charge("Klase", 1, 100_000_000_000, vat_of(2100))])
    assert transfer_of(an_invoice(currency="EUR", kid=LATVIAN.kid, settled=settled), 100_000_000_000) is None
    assert transfer_of(LATVIAN, 99_999_999_999) is not None


def test_the_payers_page_asks_for_what_is_left_in_its_code(app: Flask) -> None:
    facts = IssuedFacts(1, 10001, LATVIAN, paid=9_700, credited=0, files=frozenset(), corrects_id=None)
    left = transfer_of(LATVIAN, 20_000)
    assert left is not None
    with force_locale("lv_LV"):
        assert shown(facts, LATVIAN.due_on, with_code=True).code == qr_transfer_svg(
            left, "QR kods, kas aizpilda maksājumu"
        )
        assert shown(replace(facts, document=CLASS), LATVIAN.due_on, with_code=True).code == ""
