#!/usr/bin/env bash
# camt053 0.0.23: reads camt.054 too, but what it keeps of each payment in a batch (TransactionDetails) has neither the
# creditor's reference (RmtInf/Strd/CdtrRefInf/Ref, in Norway the KID) nor the payment's own amount (Amt in .08,
# AmtDtls/TxAmt/Amt in .02). Payers and accounts are there, of both versions.
# What follows from it: it shows who paid, and neither what for nor how much. We read the file ourselves.
# Seen: neither reference nor amount anywhere in what parse_document gives; only the entry's sum, 150.00.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install camt053==0.0.23
v/bin/python - <<'PY'
from importlib.metadata import version

import camt053


def payment(amount: str, kid: str, name: str, new: bool) -> str:
    money = f'<Amt Ccy="NOK">{amount}</Amt>'
    return (
        f"<TxDtls>{money if new else f'<AmtDtls><TxAmt>{money}</TxAmt></AmtDtls>'}<RltdPties><Dbtr>"
        f"{f'<Pty><Nm>{name}</Nm></Pty>' if new else f'<Nm>{name}</Nm>'}</Dbtr></RltdPties>"
        f"<RmtInf><Strd><CdtrRefInf><Ref>{kid}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    )


def file(new: bool) -> str:
    both = payment("100.00", "000000700000011", "Storby", new) + payment("50.00", "000000700000029", "Kari", new)
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.{"08" if new else "02"}"><BkToCstmrDbtCdtNtfctn>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-05T06:00:00+01:00</CreDtTm></GrpHdr><Ntfctn><Id>N1</Id>"
        "<CreDtTm>2026-11-05T06:00:00+01:00</CreDtTm><Acct><Id><IBAN>NO9386011117947</IBAN></Id><Ccy>NOK</Ccy></Acct>"
        f'<Ntry><Amt Ccy="NOK">150.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{"<Cd>BOOK</Cd>" if new else "BOOK"}</Sts>'
        "<BookgDt><Dt>2026-11-04</Dt></BookgDt><ValDt><Dt>2026-11-04</Dt></ValDt><AcctSvcrRef>1</AcctSvcrRef>"
        f"<BkTxCd><Prtry><Cd>KID</Cd></Prtry></BkTxCd><NtryDtls>{both}</NtryDtls></Ntry></Ntfctn>"
        "</BkToCstmrDbtCdtNtfctn></Document>"
    )


for new in (False, True):
    document = camt053.parse_document(file(new))
    (entry,) = document.statements[0].entries
    print("08" if new else "02", entry.amount, [detail.counterparty_name for detail in entry.details])
    assert [detail.counterparty_name for detail in entry.details] == ["Storby", "Kari"] and entry.amount == "150.00"
    assert "0000007" not in repr(document), "the reference is kept now"
    assert "100.00" not in repr(document), "the payment's own amount is kept now"
print("as found: camt053", version("camt053"), "keeps neither reference nor amount of a payment")
PY
