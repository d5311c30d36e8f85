"""A booking as paper: every word already translated, so that printing knows nothing of languages or rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass


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
    """One row of a list; on the receipt also its sum."""

    title: str
    when: str
    kind: str
    amount: str


@dataclass(frozen=True, slots=True)
class PaperVat:
    """One VAT rate of a receipt."""

    rate: str
    net: str
    vat: str
    gross: str


@dataclass(frozen=True, slots=True)
class Paper:
    """All that tickets or a receipt say. `words` are the headings by name; a receipt has a number and payments."""

    lang: str
    title: str
    centre: str
    seller: tuple[str, ...]
    reference: str
    code: str
    buyer: str
    lead: str
    notes: tuple[str, ...]
    lines: tuple[PaperLine, ...]
    tickets: tuple[PaperTicket, ...]
    vat: tuple[PaperVat, ...]
    total: str
    brand: str
    words: dict[str, str]
    number: str = ""
    payments: tuple[PaperLine, ...] = ()

    def as_json(self) -> dict[str, object]:
        """As the typesetter takes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PaperClass:
    """One class of a visit: its name, how many it is, and its day as (from and until, what)."""

    name: str
    people: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VisitPaper:
    """The one page that a school brings: who comes, how many, one code for all, and the plan of each class."""

    lang: str
    title: str
    centre: str
    seller: tuple[str, ...]
    reference: str
    code: str
    school: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    classes: tuple[PaperClass, ...]
    brand: str
    words: dict[str, str]

    def as_json(self) -> dict[str, object]:
        """As the typesetter takes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CertificatePaper:
    """All that a certificate says. `code` is the address that checks it, as letters and as a QR code."""

    lang: str
    title: str
    centre: str
    seller: tuple[str, ...]
    reference: str
    name: str
    was_there: str
    course: str
    held_on: str
    hours: str
    check: str
    code: str
    brand: str
    words: dict[str, str]

    def as_json(self) -> dict[str, object]:
        """As the typesetter takes it."""
        return asdict(self)
