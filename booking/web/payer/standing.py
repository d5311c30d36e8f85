"""A document as its payer sees it, with the mark beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from booking.documents.qr import qr_transfer_svg
from booking.invoicing.how_to_pay.transfer import transfer_of
from booking.invoicing.models import FileKind
from booking.invoicing.paper import account_at_home
from booking.invoicing.payer.queries import HowItStands, how_it_stands
from booking.invoicing.payer.words import standing_words
from booking.invoicing.queries import IssuedFacts

# Shape and colour of the mark beside the words, as classes of `.mark`.
MARKS: Mapping[HowItStands, str] = {
    HowItStands.CREDIT: "",
    HowItStands.PAID: "good",
    HowItStands.CREDITED: "",
    HowItStands.WRITTEN_OFF: "",
    HowItStands.PART_PAID: "few",
    HowItStands.OVERDUE: "bad",
    HowItStands.OPEN: "few",
}


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A document with where it stands, and the account as those write it who pay to it.

    `code` is a picture (SVG) that a bank's app fills the payment in from, "" where there is none.
    """

    facts: IssuedFacts
    stands: HowItStands
    words: str
    mark: str
    account: str
    code: str

    @property
    def kinds(self) -> list[FileKind]:
        """What it can be read as, paper first."""
        return [kind for kind in FileKind if kind in self.facts.files]


def shown(facts: IssuedFacts, today: date, *, with_code: bool = False) -> DocumentShown:
    """A document in the reader's words."""
    stands = how_it_stands(facts, today)
    account = account_at_home(facts.document.seller.account)
    transfer = transfer_of(facts.document, facts.left) if with_code else None
    code = "" if transfer is None else qr_transfer_svg(transfer, _("QR code: fills the payment in for you"))
    return DocumentShown(facts, stands, standing_words(stands), MARKS[stands], account, code)
