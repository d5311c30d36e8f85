"""A bank's file as the demo centre's bank would write it (camt.054.001.08): nobody in it has paid anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element, tostring

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"


@dataclass(frozen=True, slots=True)
class DemoPayment:
    """One payment; `amount` in minor units of `currency`. With `words` somebody typed a text instead of a reference."""

    amount: int
    debtor: str
    kid: str = ""
    words: str = ""
    currency: str = "NOK"


def write_bank_file(
    name: str, account: str, currency: str, booked_on: date, at: datetime, entries: Sequence[Sequence[DemoPayment]]
) -> bytes:
    """The file `name` about this account (an IBAN): each entry one payment, or a batch of several."""
    rows = [_entry(f"{name}-{n}", booked_on, payments) for n, payments in enumerate(entries, 1)]
    of_account = _of("Acct", _of("Id", _of("IBAN", account)), _of("Ccy", currency))
    head = _of("GrpHdr", _of("MsgId", name), _of("CreDtTm", at.isoformat()))
    told = _of("Ntfctn", _of("Id", name), _of("CreDtTm", at.isoformat()), of_account, *rows)
    document = _of("Document", _of("BkToCstmrDbtCdtNtfctn", head, told))
    document.set("xmlns", NAMESPACE)
    content: bytes = tostring(document, xml_declaration=True, encoding="UTF-8")
    return content


def _entry(reference: str, booked_on: date, payments: Sequence[DemoPayment]) -> Element:
    total, currency = sum(payment.amount for payment in payments), payments[0].currency
    return _of(
        "Ntry",
        _amount(total, currency),
        _of("CdtDbtInd", "CRDT"),
        _of("Sts", _of("Cd", "BOOK")),
        _of("BookgDt", _of("Dt", booked_on.isoformat())),
        _of("ValDt", _of("Dt", booked_on.isoformat())),
        _of("AcctSvcrRef", reference),
        _of("BkTxCd", _of("Prtry", _of("Cd", "KID"))),
        _of("NtryDtls", *(_payment(payment) for payment in payments)),
    )


def _payment(payment: DemoPayment) -> Element:
    parts = [
        _of("Refs", _of("EndToEndId", "NOTPROVIDED")),
        _amount(payment.amount, payment.currency),
        _of("RltdPties", _of("Dbtr", _of("Pty", _of("Nm", payment.debtor)))),
    ]
    if payment.kid:
        kind = _of("Tp", _of("CdOrPrtry", _of("Cd", "SCOR")))
        parts.append(_of("RmtInf", _of("Strd", _of("CdtrRefInf", kind, _of("Ref", payment.kid)))))
    elif payment.words:
        parts.append(_of("RmtInf", _of("Ustrd", payment.words)))
    return _of("TxDtls", *parts)


def _amount(minor: int, currency: str) -> Element:
    amount = _of("Amt", f"{minor // 100}.{minor % 100:02}")
    amount.set("Ccy", currency)
    return amount


def _of(name: str, *inside: Element | str) -> Element:
    """An element with its text, or with others in it."""
    element = Element(name)
    for part in inside:
        if isinstance(part, str):
            element.text = part
        else:
            element.append(part)
    return element
