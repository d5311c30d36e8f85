"""PDF by typst, as PDF/UA-1: the compiler refuses a picture without a description and a letter without a shape."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import typst

from booking.documents.letters import drawable, plain
from booking.documents.paper import CertificatePaper, Paper, Printed, VisitPaper
from booking.documents.qr import qr_plain_link_svg, qr_plain_svg
from booking.kernel import log

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "pdf"

# Papers just made, by all that they say: a booking that changes says something else. Some 60 kB each.
KEPT = 32
_kept: OrderedDict[str, bytes] = OrderedDict()
# One at a time in a process: setting type takes a processor, and many at once would keep everybody else waiting.
_press = threading.Lock()


class TypesettingRefused(Exception):
    """The typesetter would not set it so."""


def ticket_pdf(paper: Paper | VisitPaper) -> bytes:
    """The party's page first, then a ticket each for those who come apart; a school has one page with its plan."""
    if isinstance(paper, VisitPaper):
        return printed("visit.typ", paper, {paper.code: qr_plain_svg(paper.code)})
    codes = (paper.code, *(ticket.code for ticket in paper.tickets))
    return printed("ticket.typ", paper, {code: qr_plain_svg(code) for code in codes})


def receipt_pdf(paper: Paper) -> bytes:
    """What was paid and the VAT in it."""
    return printed("receipt.typ", paper, {})


def certificate_pdf(paper: CertificatePaper) -> bytes:
    """That somebody was at a course, with the address that says so too."""
    return printed("certificate.typ", paper, {paper.code: qr_plain_link_svg(paper.code)})


def printed(template: str, paper: Printed, codes: Mapping[str, str]) -> bytes:
    """The paper as its template sets it; `codes` are pictures (SVG) by what they say."""
    content = _each_text(paper.as_json(), drawable)
    # The codes too: two names whose letters have no shape are set alike, and their codes differ.
    key = sha256(f"{template}\n{json.dumps(content)}\n{json.dumps(dict(codes))}".encode()).hexdigest()
    with _press:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
        made = _set(template, content, codes)
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _set(template: str, content: object, codes: Mapping[str, str]) -> bytes:
    """The paper, whatever is said on it: who has paid must get in. Three tries at most.

    Letters without a shape are squares already. What the compiler refuses for some other reason is said in plain Latin
    letters, and at last without the proof that the file is accessible.
    """
    try:
        return _compile(template, content, codes, accessible=True)
    except TypesettingRefused as error:
        log.write("paper.refused", template=template, cause=str(error))
    content = _each_text(content, plain)
    try:
        return _compile(template, content, codes, accessible=True)
    except TypesettingRefused:
        return _compile(template, content, codes, accessible=False)


def _compile(template: str, content: object, codes: Mapping[str, str], *, accessible: bool) -> bytes:
    # Everything goes in as data, never as markup: a name cannot become an instruction.
    inputs = {
        "paper": json.dumps(content),
        "codes": json.dumps(dict(codes)),
    }
    try:
        compiled: bytes = typst.compile(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            sys_inputs=inputs,
            ignore_system_fonts=True,
            pdf_standards="ua-1" if accessible else None,
        )
    except typst.TypstError as error:
        raise TypesettingRefused(
            str(error)[:80].split('"')[0]
        ) from error  # what stands in quotes is of somebody's name
    except BaseException as panic:
        if isinstance(panic, Exception) or type(panic).__name__ != "PanicException":
            raise
        raise TypesettingRefused("panic") from None
    return compiled


def _each_text(content: object, change: Callable[[str], str]) -> object:
    """What a paper says, with every text changed."""
    if isinstance(content, str):
        return change(content)
    if isinstance(content, dict):
        return {name: _each_text(value, change) for name, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_each_text(value, change) for value in content]
    return content
