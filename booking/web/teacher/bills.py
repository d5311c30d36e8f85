"""What became of the bill of a visit, to its teacher: who got which invoice, and the school's own to read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import Response

from booking.invoicing.models import FileKind
from booking.invoicing.payer.bill import bills_of, file_of_visit
from booking.invoicing.payer.words import bill_words
from booking.kernel import clock
from booking.web.blueprints import teacher
from booking.web.guards.access import public
from booking.web.languages import centre, wording
from booking.web.payer.invoices import hand_over, read_name
from booking.web.visitor.checkout import held_booking


@dataclass(frozen=True, slots=True)
class BillShown:
    """An invoice in a sentence, and the kinds of files that the teacher may read."""

    number: int
    words: str
    kinds: tuple[FileKind, ...]


def bills_shown(booking_ids: Collection[int]) -> dict[int, list[BillShown]]:
    """The invoices of visits in the reader's words."""
    today = centre().local(clock.now()).date()
    return {
        booking_id: [
            BillShown(
                bill.facts.number,
                bill_words(bill.facts, wording(), today),
                tuple(kind for kind in FileKind if bill.readable and kind in bill.facts.files),
            )
            for bill in bills
        ]
        for booking_id, bills in bills_of(booking_ids).items()
    }


@teacher.get("/visit/<secret>/invoice/<name>")
@public
def bill_file(secret: str, name: str) -> Response:
    """The school's own invoice of this visit; nobody else's."""
    facts, (number, kind) = held_booking(secret), read_name(name)
    content = None if kind is None else file_of_visit(facts.id, number, kind)
    return hand_over(content, number, kind)
