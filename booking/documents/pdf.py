"""PDF by typst, as PDF/UA-1: the compiler refuses a picture without a description."""

from __future__ import annotations

import json
from pathlib import Path

import typst

from booking.documents.paper import Paper
from booking.documents.qr import qr_plain_svg

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "pdf"


def ticket_pdf(paper: Paper) -> bytes:
    """The party's page first, then a ticket each for those who come apart."""
    return _compile("ticket.typ", paper, [paper.code, *(ticket.code for ticket in paper.tickets)])


def receipt_pdf(paper: Paper) -> bytes:
    """What was paid and the VAT in it."""
    return _compile("receipt.typ", paper, [])


def _compile(template: str, paper: Paper, codes: list[str]) -> bytes:
    # Everything goes in as data, never as markup: a name cannot become an instruction.
    inputs = {
        "paper": json.dumps(paper.as_json()),
        "codes": json.dumps({code: qr_plain_svg(code) for code in codes}),
    }
    compiled: bytes = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        sys_inputs=inputs,
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    return compiled
