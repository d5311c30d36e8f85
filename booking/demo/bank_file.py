"""A bank's file as the demo centre's bank would write it (camt.054.001.08): nobody in it has paid anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree
from lxml.builder import ElementMaker

from booking.invoicing.kid import is_kid

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
MAKE = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})


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
    of_account = MAKE.Acct(MAKE.Id(MAKE.IBAN(account)), MAKE.Ccy(currency))
    head = MAKE.GrpHdr(MAKE.MsgId(name), MAKE.CreDtTm(at.isoformat()))
    told = MAKE.Ntfctn(MAKE.Id(name), MAKE.CreDtTm(at.isoformat()), of_account, *rows)
    document = MAKE.Document(MAKE.BkToCstmrDbtCdtNtfctn(head, told))
    content: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _entry(reference: str, booked_on: date, payments: Sequence[DemoPayment]) -> etree._Element:
    total, currency = sum(payment.amount for payment in payments), payments[0].currency
    day = MAKE.Dt(booked_on.isoformat())
    return MAKE.Ntry(
        MAKE.Amt(_units(total), Ccy=currency),
        MAKE.CdtDbtInd("CRDT"),
        MAKE.Sts(MAKE.Cd("BOOK")),
        MAKE.BookgDt(day),
        MAKE.ValDt(MAKE.Dt(booked_on.isoformat())),
        MAKE.AcctSvcrRef(reference),
        MAKE.BkTxCd(MAKE.Prtry(MAKE.Cd("KID" if is_kid(payments[0].kid) else "TRANSFER"))),
        MAKE.NtryDtls(*(_payment(payment) for payment in payments)),
    )


def _payment(payment: DemoPayment) -> etree._Element:
    parts = [
        MAKE.Refs(MAKE.EndToEndId("NOTPROVIDED")),
        MAKE.Amt(_units(payment.amount), Ccy=payment.currency),
        MAKE.RltdPties(MAKE.Dbtr(MAKE.Pty(MAKE.Nm(payment.debtor)))),
    ]
    if payment.kid:
        kind = MAKE.Tp(MAKE.CdOrPrtry(MAKE.Cd("SCOR")))
        parts.append(MAKE.RmtInf(MAKE.Strd(MAKE.CdtrRefInf(kind, MAKE.Ref(payment.kid)))))
    elif payment.words:
        parts.append(MAKE.RmtInf(MAKE.Ustrd(payment.words)))
    return MAKE.TxDtls(*parts)


def _units(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
