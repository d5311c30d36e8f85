"""PDF by typst, as PDF/UA-1: the compiler refuses a picture without a description and a letter without a shape."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import typst

from booking.documents.paper import CertificatePaper, Paper
from booking.documents.qr import qr_plain_link_svg, qr_plain_svg

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "pdf"
NO_SHAPE = "□"
MOST_TRIES = 30
_SHAPELESS = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)


def ticket_pdf(paper: Paper) -> bytes:
    """The party's page first, then a ticket each for those who come apart."""
    codes = (paper.code, *(ticket.code for ticket in paper.tickets))
    return _print("ticket.typ", paper, {code: qr_plain_svg(code) for code in codes})


def receipt_pdf(paper: Paper) -> bytes:
    """What was paid and the VAT in it."""
    return _print("receipt.typ", paper, {})


def certificate_pdf(paper: CertificatePaper) -> bytes:
    """That somebody was at a course, with the address that says so too."""
    return _print("certificate.typ", paper, {paper.code: qr_plain_link_svg(paper.code)})


def _print(template: str, paper: Paper | CertificatePaper, codes: Mapping[str, str]) -> bytes:
    """Compile; letters that no font of ours can draw become squares, since a ticket must come whatever the name is."""
    said: object = paper.as_json()
    for _try in range(MOST_TRIES):
        try:
            return _compile(template, said, codes)
        except typst.TypstError as error:
            found = _SHAPELESS.search(str(error))
            if found is None:
                raise
            said = _replaced(said, _written_out(found[1]))
    return _compile(template, _replaced(said, None), codes)


def _compile(template: str, said: object, codes: Mapping[str, str]) -> bytes:
    # Everything goes in as data, never as markup: a name cannot become an instruction.
    inputs = {
        "paper": json.dumps(said),
        "codes": json.dumps(dict(codes)),
    }
    compiled: bytes = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        sys_inputs=inputs,
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    return compiled


def _written_out(quoted: str) -> str:
    """The letters that the compiler names; it writes invisible ones as \\u{7}."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), quoted)


def _replaced(said: object, shapeless: str | None) -> object:
    """All texts with these letters, and those of the same script, as squares; None: all that is not Latin."""
    if isinstance(said, str):
        if shapeless is None:
            return "".join(letter if letter.isprintable() and ord(letter) < 0x250 else NO_SHAPE for letter in said)
        scripts = {_script(letter) for letter in shapeless}
        return "".join(NO_SHAPE if _script(letter) in scripts else letter for letter in said)
    if isinstance(said, dict):
        return {name: _replaced(value, shapeless) for name, value in said.items()}
    if isinstance(said, (list, tuple)):
        return [_replaced(value, shapeless) for value in said]
    return said


def _script(letter: str) -> str:
    """The first word of a letter's name is its script: CJK, HANGUL, THAI; a picture stands for itself."""
    name = unicodedata.name(letter, "").split(" ")[0]
    return name if name and letter.isalpha() else letter
