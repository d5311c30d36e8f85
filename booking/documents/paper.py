"""A booking as paper: every word already translated, so that printing knows nothing of languages or rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from booking.documents.looks import PaperLook


@dataclass(frozen=True, slots=True)
class PaperTicket:
    """One ticket for those who come apart."""

    code: str
    title: str
    when: str
    kind: str
    admits: str


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One row of a list."""

    title: str
    when: str
    kind: str


@dataclass(frozen=True, slots=True)
class PaperWay:
    """Where to go: the address, a map of it, and how to get there."""

    address: str
    link: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What every paper says. `code` is what its QR code says, `words` are the headings by name.

    `look` is how it looks; it is handed over by itself.
    """

    lang: str
    title: str
    centre: str
    seller: tuple[str, ...]
    reference: str
    code: str
    look: PaperLook
    words: dict[str, str]

    def as_json(self) -> dict[str, object]:
        """What it says, as the typesetter takes it; how it looks is handed over by itself."""
        told = asdict(self)
        del told["look"]
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(Printed):
    """All that tickets say."""

    buyer: str
    lead: str
    notes: tuple[str, ...]
    lines: tuple[PaperLine, ...]
    tickets: tuple[PaperTicket, ...]
    way: PaperWay | None = None


@dataclass(frozen=True, slots=True)
class PaperClass:
    """One class of a visit: its name, how many it is, and its day as (from and until, what)."""

    name: str
    people: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPaper(Printed):
    """The one page that a school brings: who comes, how many, one code for all, and the plan of each class."""

    school: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    classes: tuple[PaperClass, ...]
    way: PaperWay


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePaper(Printed):
    """All that a certificate says. `code` is the address that checks it, as letters and as a QR code."""

    name: str
    was_there: str
    course: str
    held_on: str
    hours: str
    check: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftCardPaper(Printed):
    """All that a gift card says. `code` is the address where it is used, `signs` what opens it."""

    amount: str
    signs: str
    recipient: str
    giver: str
    greeting: tuple[str, ...]
    until: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualPassPaper(Printed):
    """All that an annual pass says. `code` is what is scanned."""

    people: tuple[str, ...]
    until: str
    how: str
