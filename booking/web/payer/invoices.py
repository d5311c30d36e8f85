"""A payer's own page: its invoices and credit notes with their papers, what is paid and what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from booking.invoicing.models import FileKind
from booking.invoicing.payer.links import payer_behind
from booking.invoicing.payer.queries import MOST_OPEN, OpenSum, file_to, last_issued_to, open_of, open_to, settled_to
from booking.invoicing.queries import NEWEST
from booking.kernel import clock
from booking.web.blueprints import payer
from booking.web.files import download
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.payer.standing import DocumentShown, shown
from booking.web.typed import identity, one_of

MOST_CODES = 20  # a code is six kB of a page
TYPES = {FileKind.PDF: "application/pdf", FileKind.XML: "application/xml"}


@dataclass(frozen=True, slots=True)
class PayerPage:
    """What a payer has open, what was due first at the top, and what is settled, the newest first.

    `more_open`: there are more open ones than are shown; `open` is of all of them, None where they are very many.
    """

    name: str
    org_number: str
    secret: str
    open: Sequence[OpenSum] | None
    to_pay: Sequence[DocumentShown]
    more_open: bool
    settled: Sequence[DocumentShown]
    older_than: int | None
    today: date


@payer.get("/invoices/<secret>")
@public
def own_invoices(secret: str) -> ResponseReturnValue:
    """All that was issued to one payer."""
    payer_id = payer_behind(secret)
    newest = None if payer_id is None else last_issued_to(payer_id)
    if payer_id is None or newest is None:
        return render_template("payer/no_link.html"), 404
    today = centre().local(clock.now()).date()
    to_pay = open_to(payer_id, MOST_OPEN + 1)
    settled = settled_to(payer_id, min(identity(request.args.get("below")) or NEWEST, NEWEST))
    page = PayerPage(
        name=newest.document.billed_to.name,
        org_number=newest.document.billed_to.org_number,
        secret=secret,
        open=open_of(payer_id, today),
        to_pay=[shown(facts, today, with_code=place < MOST_CODES) for place, facts in enumerate(to_pay[:MOST_OPEN])],
        more_open=len(to_pay) > MOST_OPEN,
        settled=[shown(facts, today) for facts in settled.documents],
        older_than=settled.older_than,
        today=today,
    )
    return render_template("payer/invoices.html", page=page)


@payer.get("/invoices/<secret>/<name>")
@public
def own_file(secret: str, name: str) -> ResponseReturnValue:
    """A document as it went out, byte for byte; `name` such as 10012.pdf."""
    payer_id, (number, kind) = payer_behind(secret), read_name(name)
    if payer_id is None:
        return render_template("payer/no_link.html"), 404
    content = None if kind is None else file_to(payer_id, number, kind)
    return hand_over(content, number, kind)


def read_name(name: str) -> tuple[int, FileKind | None]:
    """The number and kind that a file is named by; 0 where there is no number in it that a document can have."""
    number, _dot, kind = name.partition(".")
    known = identity(number) or 0
    return known if known < NEWEST else 0, one_of(FileKind, kind)


def hand_over(content: bytes | None, number: int, kind: FileKind | None) -> Response:
    """The file, or 404."""
    if content is None or kind is None:
        abort(404)
    return download(content, TYPES[kind], f"{number}.{kind}")
