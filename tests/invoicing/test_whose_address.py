"""Whose address stands in a document: the payer's, or of whoever booked and pays; a teacher's in no municipality's."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.models import School
from booking.agreements.prices import Pays
from booking.invoicing.files import write_files
from booking.invoicing.issue import issue_all
from booking.invoicing.models import FileKind, Invoice, InvoiceFile, InvoicePayer
from booking.kernel.database import db, unit_of_work
from tests.invoicing.owed import TOWN_NUMBER, a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_issue import keys_of

TEACHER, ACTOR = "kari@example.org", "account:1"
SCHOOLS_NUMBER = "974557746"


def issued_addresses(app: Flask, school_number: str, percent: int = 100, kept: str = "") -> dict[str, str]:
    """What is frozen of each payer's address, by name, when a class is invoiced to town and school."""
    shared = {} if percent == 100 else {"pays": Pays.SHARE, "percent": percent}
    centre = a_centre_that_invoices(**shared)
    with unit_of_work():
        db.session.execute(update(School).values(org_number=school_number))
    a_class(centre)
    if kept:
        with unit_of_work():
            db.session.add(InvoicePayer(key=f"number:{TOWN_NUMBER}", email=kept))
    issue_all(keys_of(centre), centre.facts, afterwards(), ACTOR)
    documents = db.session.scalars(select(Invoice.document).order_by(Invoice.id)).all()
    db.session.rollback()
    return {document["billed_to"]["name"]: document["billed_to"]["email"] for document in documents}


def test_what_an_agreement_pays_carries_no_teachers_address(app: Flask) -> None:
    assert issued_addresses(app, SCHOOLS_NUMBER) == {"Bergen kommune": ""}
    assert TEACHER not in json.dumps(db.session.scalars(select(Invoice.document)).one())
    write_files(db.session.scalars(select(Invoice.id)).one())
    xml = db.session.scalars(select(InvoiceFile.content).where(InvoiceFile.kind == FileKind.XML)).one()
    assert TEACHER.encode() not in xml


def test_what_a_school_pays_itself_carries_the_address_of_whoever_booked(app: Flask) -> None:
    assert issued_addresses(app, SCHOOLS_NUMBER, percent=60) == {"Bergen kommune": "", "Solbakken skole": TEACHER}


def test_nor_does_what_a_school_pays_under_the_number_of_its_municipality(app: Flask) -> None:
    assert set(issued_addresses(app, TOWN_NUMBER, percent=60).values()) == {""}


@pytest.mark.parametrize("percent", [100, 60])
def test_the_mailbox_that_is_kept_of_the_payer_stands_there(app: Flask, percent: int) -> None:
    assert issued_addresses(app, SCHOOLS_NUMBER, percent, "faktura@town.example")["Bergen kommune"] == (
        "faktura@town.example"
    )
