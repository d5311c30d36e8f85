"""Files as banks write them, built from the schemas of camt.054.001.02 and .08. Everybody in them is made up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

OURS, OURS_IBAN = "86011117947", "NO9386011117947"
THEIRS = "NO5515201234567"
OSLO = ZoneInfo("Europe/Oslo")
DAY = date(2026, 11, 4)


class Version(StrEnum):
    """The two that banks send."""

    V02 = "02"
    V08 = "08"


VERSIONS = list(Version)


@dataclass(frozen=True, slots=True)
class WrittenSlip:
    """A structured remittance: its reference, and its amount as written, under that name."""

    reference: str
    amount: str = ""
    name: str = "RmtdAmt"
    currency: str = "NOK"


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment, written as a TxDtls; `bare`: its entry has none."""

    amount: str = "2970.00"
    kid: str = ""
    slips: tuple[WrittenSlip, ...] = ()
    words: tuple[str, ...] = ()
    debtor: str = "Storby kommune"
    debtor_account: str = THEIRS
    reference: str = ""
    currency: str = "NOK"
    direction: str = ""
    bare: bool = False
    ordered: tuple[str, str] | None = None  # sum and currency, where it was ordered in another one


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """One Ntry with its payments; `amount` empty: what they add up to."""

    payments: tuple[Paid, ...]
    amount: str = ""
    reference: str = "20261104001"
    status: str = "BOOK"
    direction: str = "CRDT"
    reversal: str = ""
    booked_on: str = f"<Dt>{DAY}</Dt>"
    value_on: str = f"<Dt>{DAY}</Dt>"
    text: str = ""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A whole file about one account."""

    entries: tuple[WrittenEntry, ...] = ()
    version: Version = Version.V08
    message_id: str = "MSG-1"
    created_at: str = "2026-11-05T06:00:00+01:00"
    account: str = f"<IBAN>{OURS_IBAN}</IBAN>"
    account_currency: str = "NOK"
    prefix: str = ""
    head: str = '<?xml version="1.0" encoding="UTF-8"?>\n'
    others: tuple[WrittenFile, ...] = field(default=())

    @property
    def content(self) -> bytes:
        """The file."""
        return _Writer(self).document().encode()


def a_file(*payments: Paid, **changes: object) -> WrittenFile:
    """Each payment in an entry of its own."""
    entries = tuple(
        WrittenEntry((paid,), reference=paid.reference or f"2026110400{n}") for n, paid in enumerate(payments)
    )
    return replace(WrittenFile(entries), **changes)  # type: ignore[arg-type]


def a_batch(*payments: Paid, **changes: object) -> WrittenFile:
    """All payments in one entry."""
    return replace(WrittenFile((WrittenEntry(payments),)), **changes)  # type: ignore[arg-type]


class _Writer:
    """Writes elements in the order of the schemas."""

    def __init__(self, file: WrittenFile) -> None:
        self.file = file
        self.is_new = file.version is Version.V08
        self.mark = f"{file.prefix}:" if file.prefix else ""

    def element(self, name: str, inner: str, **attributes: str) -> str:
        written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        return f"<{self.mark}{name}{written}>{inner}</{self.mark}{name}>"

    def some(self, name: str, text: str) -> str:
        return self.element(name, escape(text)) if text else ""

    def document(self) -> str:
        space = f"xmlns{':' + self.file.prefix if self.mark else ''}"
        head = self.some("MsgId", self.file.message_id) + self.some("CreDtTm", self.file.created_at)
        inner = self.element("GrpHdr", head)
        for n, part in enumerate((self.file, *self.file.others), 1):
            inner += _like(self, part).notification(n)
        message = self.element("BkToCstmrDbtCdtNtfctn", inner)
        document = self.element(
            "Document", message, **{space: f"urn:iso:std:iso:20022:tech:xsd:camt.054.001.{self.file.version}"}
        )
        return self.file.head + document

    def notification(self, number: int) -> str:
        account = self.element("Id", self.raw(self.file.account)) + self.some("Ccy", self.file.account_currency)
        inner = self.some("Id", f"N-{number}") + self.some("CreDtTm", self.file.created_at)
        inner += self.element("Acct", account)
        return self.element("Ntfctn", inner + "".join(self.entry(entry) for entry in self.file.entries))

    def entry(self, entry: WrittenEntry) -> str:
        amount = entry.amount or _sum(entry)
        currency = entry.payments[0].currency if entry.payments else "NOK"
        inner = self.element("Amt", amount, Ccy=currency) + self.some("CdtDbtInd", entry.direction)
        inner += self.some("RvslInd", entry.reversal)
        if entry.status:
            inner += self.element("Sts", self.some("Cd", entry.status) if self.is_new else entry.status)
        inner += self.element("BookgDt", self.raw(entry.booked_on)) if entry.booked_on else ""
        inner += self.element("ValDt", self.raw(entry.value_on)) if entry.value_on else ""
        inner += self.some("AcctSvcrRef", entry.reference)
        inner += self.element("BkTxCd", self.element("Prtry", self.some("Cd", "KID")))
        details = "".join(self.detail(paid) for paid in entry.payments if not paid.bare)
        inner += self.element("NtryDtls", details) if details else ""
        return self.element("Ntry", inner + self.some("AddtlNtryInf", entry.text))

    def detail(self, paid: Paid) -> str:
        inner = self.element("Refs", self.some("AcctSvcrRef", paid.reference) + self.some("EndToEndId", "NOTPROVIDED"))
        amount = self.element("Amt", paid.amount, Ccy=paid.currency)
        ordered = ""
        if paid.ordered:
            much, currency = paid.ordered
            ordered = self.element("InstdAmt", self.element("Amt", much, Ccy=currency))
        if self.is_new:
            inner += amount + self.some("CdtDbtInd", paid.direction)
            inner += self.element("AmtDtls", ordered) if ordered else ""
        else:
            inner += self.element("AmtDtls", ordered + self.element("TxAmt", amount))
        name = self.some("Nm", paid.debtor)
        debtor = self.element("Dbtr", self.element("Pty", name) if self.is_new else name) if name else ""
        account = self.element("DbtrAcct", self.element("Id", self.some("IBAN", paid.debtor_account)))
        inner += self.element("RltdPties", debtor + (account if paid.debtor_account else ""))
        remittance = "".join(self.some("Ustrd", words) for words in paid.words)
        slips = (*((WrittenSlip(paid.kid),) if paid.kid else ()), *paid.slips)
        remittance += "".join(self.slip(slip) for slip in slips)
        return self.element("TxDtls", inner + (self.element("RmtInf", remittance) if remittance else ""))

    def slip(self, slip: WrittenSlip) -> str:
        amount = self.element(slip.name, slip.amount, Ccy=slip.currency) if slip.amount else ""
        kind = self.element("Tp", self.element("CdOrPrtry", self.some("Cd", "SCOR")))
        reference = self.element("CdtrRefInf", kind + self.some("Ref", slip.reference)) if slip.reference else ""
        return self.element("Strd", (self.element("RfrdDocAmt", amount) if amount else "") + reference)

    def raw(self, written: str) -> str:
        """What a test wrote as XML itself, with the prefix of the rest."""
        return written.replace("</", "\x00").replace("<", f"<{self.mark}").replace("\x00", f"</{self.mark}")


def _like(writer: _Writer, part: WrittenFile) -> _Writer:
    """One that writes another notification of the same file."""
    return _Writer(replace(part, version=writer.file.version, prefix=writer.file.prefix))


def in_kroner(minor: int) -> str:
    """Minor units as banks write them."""
    return f"{minor // 100}.{minor % 100:02}"


def _sum(entry: WrittenEntry) -> str:
    """What the payments add up to, those that go the other way taken off."""
    minor = 0
    for paid in entry.payments:
        whole, _point, decimals = paid.amount.partition(".")
        amount = int(whole) * 100 + int(decimals.ljust(2, "0"))
        minor += amount if paid.direction in ("", entry.direction) else -amount
    return in_kroner(minor)
