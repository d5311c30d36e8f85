"""Where things stand in a camt.054, version .02 or .08: elements of XML become what they say, not yet judged."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from xml.etree.ElementTree import Element

from booking.invoicing.bank.rows import LONGEST_REFERENCE, BrokenRow, Detail, Entry, RowFault, Slip
from booking.kernel import typed

_LONGEST_TEXT, _LONGEST_NAME = 1000, 140
_DATE = re.compile(r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_MOMENT = re.compile(
    r"(20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def bare_account(written: str) -> str:
    """An account as it is compared: without spaces and points; a Norwegian IBAN is the eleven digits within it."""
    plain = re.sub(r"[\s.]", "", written).upper()
    return plain[4:] if re.fullmatch("NO[0-9]{13}", plain) else plain


class MessageShape:
    """Where things stand in the elements of one version: what .02 and .08 have in different places is looked for in
    both, since no place means two things."""

    def __init__(self, namespace: str, zone: tzinfo) -> None:
        self._prefix = f"{{{namespace}}}"
        self._zone = zone

    def name(self, element: Element) -> str:
        """The element's name without the message's namespace."""
        return element.tag.removeprefix(self._prefix)

    def text(self, element: Element, *path: str) -> str:
        """What stands there, white space around it off; nothing where there is no such place."""
        inner = self._inner(element, *path)
        return "" if inner is None else (inner.text or "").strip()

    def account(self, element: Element) -> str:
        """The number of an account: an IBAN or another's."""
        return self.text(element, "Id", "IBAN") or self.text(element, "Id", "Othr", "Id")

    def moment(self, written: str) -> datetime | None:
        """A time as aware UTC, by its own offset or in the zone; None for what is none."""
        parts = _MOMENT.fullmatch(written)
        if parts is None:
            return None
        try:
            moment = datetime.fromisoformat(parts[1] + (parts[2] or ""))
        except ValueError:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC)

    def detail(self, element: Element, number: int) -> Detail:
        """A TxDtls as it is written. Its amount stands in Amt (.08) or AmtDtls (.02, which has no Amt)."""
        amount = self._inner(element, "Amt")
        if amount is None:
            amount = self._inner(element, "AmtDtls", "TxAmt", "Amt")
        words = self._all(element, "RmtInf", "Ustrd")
        parties = self._inner(element, "RltdPties")
        return Detail(
            number,
            *_sum(amount),
            self.text(element, "CdtDbtInd"),
            self._reference(element, "Refs", "AcctSvcrRef"),
            tuple(self._slip(slip) for slip in self._all(element, "RmtInf", "Strd")),
            _text(" ".join(line.text or "" for line in words) or self.text(element, "AddtlTxInf"), _LONGEST_TEXT),
            "" if parties is None else _text(self._name_of(parties, "Dbtr", "UltmtDbtr"), _LONGEST_NAME),
            "" if parties is None else self._debtor_account(parties),
        )

    def entry(self, element: Element, number: int) -> Entry:
        """An Ntry as it is written. Raises BrokenRow for days and signs that are none."""
        reversal = self.text(element, "RvslInd")
        if reversal not in ("", "true", "1", "false", "0"):
            raise BrokenRow(number, RowFault.DIRECTION, reversal)
        status = self.text(element, "Sts")
        return Entry(
            number,
            status or self.text(element, "Sts", "Cd") or self.text(element, "Sts", "Prtry"),
            self.text(element, "CdtDbtInd"),
            reversal in ("true", "1"),
            *_sum(self._inner(element, "Amt")),
            self._day(element, "BookgDt", number),
            self._day(element, "ValDt", number),
            self._reference(element, "AcctSvcrRef"),
            _text(self.text(element, "AddtlNtryInf"), _LONGEST_TEXT),
        )

    def _inner(self, element: Element, *path: str) -> Element | None:
        inner: Element | None = element
        for name in path:
            if inner is None:
                return None
            inner = inner.find(self._prefix + name)
        return inner

    def _all(self, element: Element, parent: str, name: str) -> list[Element]:
        inner = self._inner(element, parent)
        return [] if inner is None else inner.findall(self._prefix + name)

    def _reference(self, element: Element, *path: str) -> str:
        """The bank's own reference; NOTPROVIDED is what banks write for none."""
        reference = self.text(element, *path)
        return "" if reference.upper() == "NOTPROVIDED" else reference

    def _slip(self, element: Element) -> Slip:
        """A structured remittance: what was paid of what is referred to, else what was due."""
        amount = self._inner(element, "RfrdDocAmt", "RmtdAmt")
        if amount is None:
            amount = self._inner(element, "RfrdDocAmt", "DuePyblAmt")
        return Slip(self.text(element, "CdtrRefInf", "Ref"), *_sum(amount))

    def _name_of(self, parties: Element, *roles: str) -> str:
        names = (self.text(parties, role, "Nm") or self.text(parties, role, "Pty", "Nm") for role in roles)
        return next((name for name in names if name), "")

    def _debtor_account(self, parties: Element) -> str:
        account = self._inner(parties, "DbtrAcct")
        return "" if account is None else bare_account(self.account(account))[:LONGEST_REFERENCE]

    def _day(self, element: Element, name: str, number: int) -> date | None:
        """A day as it is written, or that of a time in the zone; None where there is none. Raises BrokenRow."""
        day, time = self.text(element, name, "Dt"), self.text(element, name, "DtTm")
        if not day and not time:
            return None
        if not day and (moment := self.moment(time)):
            return moment.astimezone(self._zone).date()
        parts = _DATE.fullmatch(day)
        try:
            return date.fromisoformat(parts[1] if parts else "")
        except ValueError:
            raise BrokenRow(number, RowFault.DATE, day or time) from None


def _sum(amount: Element | None) -> tuple[str, str]:
    """An amount and its currency as written."""
    return ("", "") if amount is None else ((amount.text or "").strip(), amount.get("Ccy", ""))


def _text(written: str, longest: int) -> str:
    return typed.one_line(written)[:longest]
