"""PDF by typst, as PDF/UA-1: the compiler refuses a picture without a description and a letter without a shape."""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from booking.documents.letters import drawable, plain
from booking.documents.paper import AnnualPassPaper, CertificatePaper, GiftCardPaper, Paper, Printed, VisitPaper
from booking.documents.qr import qr_plain_link_svg, qr_plain_svg
from booking.kernel import log

if TYPE_CHECKING:
    import typst

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "pdf"

# Papers just made, by all that they say: a booking that changes says something else. Some 60 kB each.
KEPT = 32
_kept: OrderedDict[str, bytes] = OrderedDict()
# One at a time in a process: setting type takes a processor, and many at once would keep everybody else waiting.
_press = threading.Lock()


Content = dict[str, object]


class TypesettingRefused(Exception):
    """The typesetter would not set it so."""


def ticket_pdf(paper: Paper | VisitPaper) -> bytes:
    """The party's page first, then a ticket each for those who come apart; a school has one page with its plan."""
    if isinstance(paper, VisitPaper):
        return printed("visit.typ", paper, {paper.code: qr_plain_svg(paper.code)})
    # One ticket alone has no picture of its own: the party's is its.
    codes = (paper.code, *(ticket.code for ticket in paper.tickets if len(paper.tickets) > 1))
    return printed("ticket.typ", paper, {code: qr_plain_svg(code) for code in codes})


def certificate_pdf(paper: CertificatePaper) -> bytes:
    """That somebody was at a course, with the address that says so too."""
    return printed("certificate.typ", paper, {paper.code: qr_plain_link_svg(paper.code)})


def gift_card_pdf(paper: GiftCardPaper) -> bytes:
    """A present: one sheet."""
    return printed("gift_card.typ", paper, {paper.code: qr_plain_link_svg(paper.code)})


def annual_pass_pdf(paper: AnnualPassPaper) -> bytes:
    """A pass to carry along: one sheet."""
    return printed("annual_pass.typ", paper, {paper.code: qr_plain_svg(paper.code)})


def printed(template: str, paper: Printed, codes: Mapping[str, str]) -> bytes:
    """The paper as its template sets it; `codes` are pictures (SVG) by what they say."""
    content, look = _each(paper.as_json(), drawable), asdict(paper.look)
    # The codes too: two names whose letters have no shape are set alike, and their codes differ.
    told = (template, json.dumps(content), json.dumps(dict(codes)), json.dumps(look))
    key = sha256("\n".join(told).encode()).hexdigest()
    with _press:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
        made = _set(template, content, codes, look)
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _set(template: str, content: Content, codes: Mapping[str, str], look: Content) -> bytes:
    """The paper, whatever is said on it: who has paid must get in. Three tries at most.

    Letters without a shape are squares already. What the compiler refuses for some other reason is said in plain Latin
    letters and without the centre's pictures, and at last without the proof that the file is accessible.
    """
    try:
        return _compile(template, content, codes, look, accessible=True)
    except TypesettingRefused as error:
        log.write("paper.refused", template=template, cause=str(error))
    content, look = _each(content, plain), {**look, "logo": "", "picture": ""}
    try:
        return _compile(template, content, codes, look, accessible=True)
    except TypesettingRefused:
        return _compile(template, content, codes, look, accessible=False)


@cache
def _typesetter() -> typst.Compiler:
    """The typesetter with its fonts and our templates, read once. Only made where type is set: it survives no fork."""
    import typst  # most web processes set no type for long

    return typst.Compiler(root=str(TEMPLATES), ignore_system_fonts=True)


def _compile(template: str, content: Content, codes: Mapping[str, str], look: Content, *, accessible: bool) -> bytes:
    """The sheet of a template. What it says is handed over in the call, not as an input of the system (`sys.inputs`):
    with another input the typesetter forgets all it has read.
    """
    from typst import TypstError

    paper = _as_data({**content, "long": long_words(content)})
    call = f'#import "{template}": sheet\n#sheet({paper}, {_as_data(dict(codes))}, {_as_data(look)})'
    try:
        compiled = _typesetter().compile(input=call.encode(), format="pdf", pdf_standards="ua-1" if accessible else [])
    except TypstError as error:
        # What stands in quotes is of somebody's name.
        raise TypesettingRefused(str(error)[:80].split('"')[0]) from error
    except BaseException as panic:
        if isinstance(panic, Exception) or type(panic).__name__ != "PanicException":
            raise
        raise TypesettingRefused("panic") from None
    assert isinstance(compiled, bytes)  # a PDF is one file
    return compiled


def _as_data(content: object) -> str:
    """Everything goes in as data, never as markup: a name cannot become an instruction.

    JSON in ASCII has no end of line in it, and of a typst string only a quote is the end, unless a backslash is before.
    """
    text = json.dumps(content).replace("\\", "\\\\").replace('"', '\\"')
    return f'json(bytes("{text}"))'


UNREAD = {"code", "link"}  # what is a picture or where one gets by pressing, and no text
_LONG = re.compile(r"\S{16,}")


def long_words(content: Content) -> str:
    """A pattern of the words on a paper that would need a place to break, also as headings are written; "" for none."""
    words = {word for text in _texts(content) for word in _LONG.findall(text)}
    words |= {word.upper() for word in words}
    # The longest first: of two that begin alike the pattern takes the one that stands there whole.
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _texts(content: object) -> Iterator[str]:
    """Every text of a paper but its codes, which are pictures, or broken by their template."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        yield from (text for name, value in content.items() if name not in UNREAD for text in _texts(value))
    elif isinstance(content, (list, tuple)):
        yield from (text for value in content for text in _texts(value))


def _each(content: Content, change: Callable[[str], str]) -> Content:
    """What a paper says, with every text changed."""
    return {name: _each_text(value, change) for name, value in content.items()}


def _each_text(content: object, change: Callable[[str], str]) -> object:
    if isinstance(content, str):
        return change(content)
    if isinstance(content, dict):
        return _each(content, change)
    if isinstance(content, (list, tuple)):
        return [_each_text(value, change) for value in content]
    return content
