"""What was written off of an invoice and taken back of that, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from booking.books.posting import first_open_day
from booking.history.log import names
from booking.invoicing.queries import IssuedFacts
from booking.invoicing.write_offs.queries import WriteOffFacts, write_offs_of
from booking.reports.names import actors


@dataclass(frozen=True, slots=True)
class WrittenOffShown:
    """What was written off of an invoice and taken back, on its page. `open_from`: the first day in no closed month."""

    pieces: Sequence[WriteOffFacts]
    names: Mapping[str, str]
    written_off: int
    open_from: date | None

    def can_be_undone(self, piece: WriteOffFacts) -> bool:
        """Whether it can be asked for again."""
        return piece.can_be_undone(self.written_off, self.open_from)


def written_off_shown(facts: IssuedFacts) -> WrittenOffShown:
    """As the page of an invoice shows it."""
    pieces = write_offs_of(facts.invoice_id)
    if not pieces:
        return WrittenOffShown((), {}, 0, None)
    return WrittenOffShown(pieces, {**actors(), **names()}, facts.written_off, first_open_day())
