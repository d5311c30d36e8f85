"""A bank's file of what came in (ISO 20022 camt.054, versions .02 and .08), read whole or not at all.

Banks send either version; they differ in where an amount, a status and a name stand. Of a batch only one payment at a
time is kept as XML, so that a file of ten thousand costs little more than its rows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, tzinfo
from xml.etree.ElementTree import Element

from booking.invoicing.bank.rows import LONGEST_REFERENCE, BankRow, Detail, Keys, LeftOut, rows_of
from booking.invoicing.bank.shape import MessageShape, bare_account
from booking.invoicing.bank.xml import ELSEWHERE, BankFileRefused, events_of

NAMESPACES = frozenset(f"urn:iso:std:iso:20022:tech:xsd:camt.054.001.{version}" for version in ("02", "08"))
_MESSAGE = "BkToCstmrDbtCdtNtfctn"
_HEAD, _NOTICE = f"{_MESSAGE}/GrpHdr", f"{_MESSAGE}/Ntfctn"
_ACCOUNT, _ENTRY = f"{_NOTICE}/Acct", f"{_NOTICE}/Ntry"
_DETAILS = f"{_ENTRY}/NtryDtls/TxDtls"


class OtherMessage(BankFileRefused):
    """XML, but no camt.054 of a version that we read; `namespace` is what it says it is, maybe empty."""

    def __init__(self, namespace: str) -> None:
        super().__init__(namespace[:100])
        self.namespace = namespace[:100]


class BrokenHead(BankFileRefused):
    """Something about the whole file is missing or cannot be read: `element`, by its path in the message."""

    def __init__(self, element: str) -> None:
        super().__init__(element)
        self.element = element


class OtherAccount(BankFileRefused):
    """Nothing in it is about our account; `accounts` are those that it is about."""

    def __init__(self, accounts: tuple[str, ...]) -> None:
        super().__init__(accounts)
        self.accounts = accounts


@dataclass(frozen=True, slots=True)
class BankFile:
    """What a file says of our account.

    `created_at` is aware UTC. `currency` is the account's as the file has it, empty when it does not say. `left_out`
    counts what the file has besides rows of ours, by why it is none.
    """

    message_id: str
    created_at: datetime
    statement_ids: tuple[str, ...]
    account: str
    currency: str
    rows: tuple[BankRow, ...]
    left_out: tuple[tuple[LeftOut, int], ...]


def read_bank_file(content: bytes, account: str, zone: tzinfo) -> BankFile:
    """Read a camt.054 about `account` (an IBAN, or a Norwegian account of eleven digits).

    `zone` is where times without an offset are. Raises BankFileRefused: BankFileTooLarge, NotXml, DocumentTypeThere,
    OtherMessage, BrokenHead, OtherAccount, or BrokenRow with the payment's number; then nothing of the file counts.
    """
    walk = _Walk(bare_account(account), zone)
    for place, event, element in events_of(content, (_HEAD, _ACCOUNT, _DETAILS)):
        if event == "start":
            walk.enter(place, element)
        else:
            walk.leave(place, element)
    return walk.file()


class _Walk:
    """Goes through the message once: knows where it is, what is read so far, and forgets what it has read."""

    def __init__(self, account: str, zone: tzinfo) -> None:
        self._account, self._zone = account, zone
        self._shape = MessageShape("", zone)
        self._head: tuple[str, datetime] | None = None
        self._keys = Keys("")
        self._here = ""
        self._accounts: dict[str, None] = {}
        self._currency = ""
        self._statement_ids: list[str] = []
        self._details: list[Detail] = []
        self._payments = 0
        self._rows: list[BankRow] = []
        self._left_out: Counter[LeftOut] = Counter()

    def enter(self, place: str, element: Element) -> None:
        """An element begins."""
        if place == "":
            self._shape = MessageShape(_namespace(element), self._zone)
        elif place == ELSEWHERE:
            raise OtherMessage(self._shape.name(element))
        elif place == _NOTICE:
            self._here = ""
        elif place == _ENTRY:
            self._details = []

    def leave(self, place: str, element: Element) -> None:
        """An element is there, whole."""
        if place == _HEAD:
            self._take_head(element)
        elif place == _ACCOUNT:
            self._take_account(element)
        elif place == _DETAILS:
            self._payments += 1
            self._details.append(self._shape.detail(element, self._payments))
            element.clear()
        elif place == _ENTRY:
            self._take_entry(element)
            element.clear()
        elif place == _NOTICE and self._here == self._account:
            self._statement_ids.append(self._shape.text(element, "Id"))
            element.clear()

    def file(self) -> BankFile:
        """What was read, at the end of it."""
        if self._head is None:
            raise BrokenHead("GrpHdr")
        if self._account not in self._accounts:
            raise OtherAccount(tuple(self._accounts))
        message_id, created_at = self._head
        return BankFile(
            message_id, created_at, tuple(self._statement_ids), self._account, self._currency, tuple(self._rows),
            tuple(sorted(self._left_out.items())),
        )  # fmt: skip

    def _take_head(self, element: Element) -> None:
        message_id = self._shape.text(element, "MsgId")
        created_at = self._shape.moment(self._shape.text(element, "CreDtTm"))
        if not 0 < len(message_id) <= LONGEST_REFERENCE:
            raise BrokenHead("GrpHdr/MsgId")
        if created_at is None:
            raise BrokenHead("GrpHdr/CreDtTm")
        self._head, self._keys = (message_id, created_at), Keys(message_id)

    def _take_account(self, element: Element) -> None:
        self._here = bare_account(self._shape.account(element))
        if not 0 < len(self._here) <= LONGEST_REFERENCE:
            raise BrokenHead("Ntfctn/Acct")
        self._accounts[self._here] = None
        if self._here == self._account:
            self._currency = self._currency or self._shape.text(element, "Ccy")

    def _take_entry(self, element: Element) -> None:
        """What an entry says is read last, its details before; head and account come before all entries."""
        if self._head is None:
            raise BrokenHead("GrpHdr")
        if not self._here:
            raise BrokenHead("Ntfctn/Acct")
        if not self._details:
            self._payments += 1
        details = self._details or [Detail(self._payments)]
        if self._here != self._account:
            self._left_out[LeftOut.OTHER_ACCOUNT] += len(details)
            return
        for row in rows_of(self._shape.entry(element, details[0].number), details, self._account):
            if isinstance(row, LeftOut):
                self._left_out[row] += 1
            else:
                self._rows.append(self._keys.give(row))


def _namespace(root: Element) -> str:
    """That of the whole message, which says its version. Raises OtherMessage for one that we do not read."""
    namespace, _brace, name = root.tag.removeprefix("{").rpartition("}")
    if namespace not in NAMESPACES or name != "Document":
        raise OtherMessage(namespace)
    return namespace
