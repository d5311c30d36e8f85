"""What is kept of a document is the document."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from hypothesis import given

from booking.invoicing.document import credited, settle
from booking.invoicing.frozen import as_kept, digest_of, from_kept
from tests.invoicing.documents import TOWN, an_invoice
from tests.invoicing.test_document import DRAWN


@given(DRAWN)
def test_a_document_comes_back_from_the_database_as_it_was_issued(parts: tuple[list, list]) -> None:  # type: ignore[type-arg]
    invoice = an_invoice(settled=settle(*parts))
    for document in (invoice, credited(invoice, invoice.settled, "2", date(2026, 12, 24), "Flyttet")):
        assert from_kept(json.loads(json.dumps(as_kept(document)))) == document


def test_a_payer_without_an_electronic_address_comes_back_without() -> None:
    paper = an_invoice(billed_to=replace(TOWN, endpoint=None))
    assert from_kept(as_kept(paper)).billed_to.endpoint is None


def test_the_digest_does_not_depend_on_the_order_of_names_and_tells_one_øre_apart() -> None:
    kept = as_kept(an_invoice())
    assert digest_of(dict(reversed(kept.items()))) == digest_of(kept)
    assert digest_of(as_kept(an_invoice(prepaid=1))) != digest_of(kept)
