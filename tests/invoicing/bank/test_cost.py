"""What a bank's file costs, counted."""

from __future__ import annotations

import pytest
from flask import Flask

from booking.invoicing.bank.file import read_bank_file
from booking.invoicing.bank.models import RowState
from booking.invoicing.bank.take import take_bank_file
from booking.invoicing.bank.xml import ELSEWHERE, events_of
from booking.kernel import clock
from booking.kernel.database import db
from tests.invoicing.bank.books import ACTOR, agree, an_account, came, owed, payment, states
from tests.invoicing.bank.files import OSLO, OURS, Paid, a_batch, a_file
from tests.invoicing.bank.reading import read
from tests.web.browsing import statements

OUTLINE = ("BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls",)


def test_a_file_of_many_payments_takes_as_many_statements_as_a_small_one(app: Flask) -> None:
    an_account()
    invoices = [owed(10_001 + n) for n in range(33)]
    counts = []
    for few in (invoices[:3], invoices[3:]):
        content = came(*(payment(10_000, invoice.kid) for invoice in few), file=f"MSG-{len(few)}").content
        db.session.rollback()
        with statements() as seen:
            take_bank_file(content, ACTOR, clock.now())
        counts.append(len(seen))
    assert states() == [(RowState.MATCHED, 10_000, 0)] * len(invoices)
    agree()
    assert counts[0] == counts[1] <= 20


def test_nothing_is_noted_of_what_stands_within_a_payment() -> None:
    places = [place for place, _event, _element in events_of(a_batch(*[Paid()] * 50).content, OUTLINE)]
    assert len(places) == 2 * (50 + len(OUTLINE[0].split("/")))
    assert ELSEWHERE not in places


@pytest.mark.parametrize(
    "hidden",
    [
        "<SplmtryData><Envlp>{}</Envlp></SplmtryData>",
        '<Ntry xmlns="urn:example:other">{}</Ntry>',
        "<Bal>{}</Bal>",
    ],
)
def test_what_looks_like_an_entry_and_stands_elsewhere_is_none(hidden: str) -> None:
    text = a_file(Paid()).content.decode()
    entry = text[text.index("<Ntry>") : text.index("</Ntfctn>")]
    file = read(a_file(Paid()))
    assert len(file.rows) == 1
    for place in ("<Ntry>", "</Ntfctn>", "</NtryDtls>"):
        content = text.replace(place, hidden.format(entry) + place, 1).encode()
        assert read_bank_file(content, OURS, OSLO).rows == file.rows
