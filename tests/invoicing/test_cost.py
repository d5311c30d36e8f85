"""What an invoice costs, counted: its files and the beginning of its way."""

from __future__ import annotations

import typing
from dataclasses import replace

import pytest
import typst
from flask import Flask
from sqlalchemy import select

from booking.centre.facts import the_centre
from booking.centre.wording import Wording
from booking.documents import pdf as press
from booking.documents.looks import plain_look
from booking.invoicing.files import file_of
from booking.invoicing.frozen import as_kept, from_kept
from booking.invoicing.issue import issue_all
from booking.invoicing.models import FileKind, Invoice
from booking.invoicing.paper import invoice_pdf
from booking.kernel import clock
from booking.kernel.database import db
from booking.outbox.models import Promise
from booking.outbox.promises import Leased
from booking.records import frozen
from booking.running.keepers import KEEPS
from booking.settings import settings_of
from tests.invoicing.documents import an_invoice
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.sending.sent import ACTOR, way_of
from tests.invoicing.test_issue import keys_of
from tests.web.browsing import statements

MOST = 8  # two to read, two files, the payer's way, the delivery, its first step, the promise to send it


def test_the_files_of_an_invoice_and_the_beginning_of_its_way_take_few_statements(app: Flask) -> None:
    centre = a_centre_that_invoices()
    for name in ("6A", "6B"):
        a_class(centre, name)
    issue_all(keys_of(centre), centre.facts, afterwards(), ACTOR)
    promised = db.session.scalars(select(Promise).where(Promise.kind == "invoice.files")).all()
    leased = [Leased(row.id, row.kind, dict(row.about), 1, clock.now()) for row in promised]
    db.session.rollback()
    for promise in leased:
        with statements() as seen:
            KEEPS[promise.kind](promise, settings_of(app))
        assert len(seen) <= MOST, seen
    for invoice_id in db.session.scalars(select(Invoice.id)).all():
        assert file_of(invoice_id, FileKind.PDF) and file_of(invoice_id, FileKind.XML)
        assert way_of(invoice_id) == ["waiting"]


def test_what_is_owed_is_read_once_for_many_documents(app: Flask) -> None:
    centre = a_centre_that_invoices()
    for name in ("6A", "6B", "6C"):
        a_class(centre, name)
    keys = keys_of(centre)
    with statements() as seen:
        issued, _refused = issue_all(keys, centre.facts, afterwards(), ACTOR)
    assert len(issued) == len(keys) == 3
    reads = [statement for statement in seen if "visit_due.group_name" in statement]
    assert len(reads) == 2, reads  # which documents they become, and what they are once nobody can change it


def test_python_is_asked_for_the_types_of_a_document_once(monkeypatch: pytest.MonkeyPatch) -> None:
    types: list[object] = []

    def get_type_hints(kind: type) -> dict[str, object]:
        types.append(kind)
        return typing.get_type_hints(kind)

    monkeypatch.setattr(frozen, "get_type_hints", get_type_hints)
    frozen._reader.cache_clear()
    document = an_invoice()
    for _ in range(3):
        assert from_kept(as_kept(document)) == document
    assert len(types) == len(set(types))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_invoices_are_set_by_one_typesetter(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    a_centre_that_invoices()
    made: list[typst.Compiler] = []

    def compiler(root: str, ignore_system_fonts: bool) -> typst.Compiler:
        made.append(new(root=root, ignore_system_fonts=ignore_system_fonts))
        return made[-1]

    new = typst.Compiler
    monkeypatch.setattr(typst, "Compiler", compiler)
    press._typesetter.cache_clear()
    write = Wording.of("nb", the_centre())
    papers = {invoice_pdf(replace(an_invoice(), number=str(n)), plain_look("#0b4f6c"), write) for n in (70_001, 70_002)}
    assert (len(papers), len(made)) == (2, 1)
