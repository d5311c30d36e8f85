"""What a way of sending must do, and what it may answer. A document's key is ours; a sending may be done only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from booking.invoicing.document import PeppolId
from booking.invoicing.sending.states import BuyerResponse


class NotTaken(Exception):
    """The document was refused and is not with them; `str()` says why, in their words."""


class AskLater(Exception):
    """Nothing was taken, or nothing could be told: ask again later. `str()` is ours."""


class AnswerLost(Exception):
    """Nobody answered, or not so that it says anything: the document may have been taken."""


class CannotFind(Exception):
    """There is no way to ask whether a document was taken."""


class Whereabouts(StrEnum):
    """How far a document is that was taken."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A document as it goes out. `key` is the same for every try; `name` is what files of it are called."""

    key: str
    name: str
    sender: PeppolId
    receiver: PeppolId | None
    pdf: bytes | None
    xml: bytes | None


@dataclass(frozen=True, slots=True)
class TransportStatus:
    """What a channel knows of a document: `why` it was refused, and its timed `receipt` once it was delivered."""

    progress: Whereabouts
    why: str = ""
    receipt: str = ""
    delivered_at: datetime | None = None
    response: BuyerResponse = BuyerResponse.NONE
    response_why: str = ""


class Transport(Protocol):
    """One way out. Each may raise AskLater where nothing could be asked; none is called inside a unit of work."""

    def can_receive(self, address: PeppolId) -> bool | None:
        """Whether an address receives invoices; None: not known, which is no no."""

    def send(self, parcel: Parcel) -> str:
        """Hand it over; returns their name for it. Raises NotTaken, AskLater, AnswerLost."""

    def find(self, parcel: Parcel) -> str | None:
        """Their name for what was sent by this key; None: it is certainly not there. Raises CannotFind, AskLater."""

    def look(self, ref: str) -> TransportStatus:
        """What became of it. Raises AskLater; CannotFind where they do not know it."""
