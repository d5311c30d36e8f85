#!/usr/bin/env bash
# bankstatementparser 0.0.29: a batch in a camt.054 (one Ntry with several TxDtls, as banks book a day's payments with
# references) becomes one row: the sum of all, with every payer's reference joined into one text by a space, and the first
# payer alone. In version .08, where a name stands in Dbtr/Pty/Nm, the payer is lost as well. Nothing is said of it.
# What follows from it: two invoices are paid, and none can be told to be. We read the file ourselves.
# Seen: one row of 150.00 with reference "000000700000011 000000700000029" for payments of 100.00 and 50.00; Debtor "" in .08.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install bankstatementparser==0.0.29
v/bin/python - <<'PY'
from importlib.metadata import version

from bankstatementparser import Camt054Parser


def payment(amount: str, kid: str, name: str, new: bool) -> str:
    money = f'<Amt Ccy="NOK">{amount}</Amt>'
    return (
        f"<TxDtls>{money if new else f'<AmtDtls><TxAmt>{money}</TxAmt></AmtDtls>'}<RltdPties><Dbtr>"
        f"{f'<Pty><Nm>{name}</Nm></Pty>' if new else f'<Nm>{name}</Nm>'}</Dbtr></RltdPties>"
        f"<RmtInf><Strd><CdtrRefInf><Ref>{kid}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    )


def file(new: bool) -> bytes:
    both = payment("100.00", "000000700000011", "Storby", new) + payment("50.00", "000000700000029", "Kari", new)
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.{"08" if new else "02"}"><BkToCstmrDbtCdtNtfctn>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-05T06:00:00+01:00</CreDtTm></GrpHdr><Ntfctn><Id>N1</Id>"
        "<CreDtTm>2026-11-05T06:00:00+01:00</CreDtTm><Acct><Id><IBAN>NO9386011117947</IBAN></Id><Ccy>NOK</Ccy></Acct>"
        f'<Ntry><Amt Ccy="NOK">150.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{"<Cd>BOOK</Cd>" if new else "BOOK"}</Sts>'
        "<BookgDt><Dt>2026-11-04</Dt></BookgDt><ValDt><Dt>2026-11-04</Dt></ValDt><AcctSvcrRef>1</AcctSvcrRef>"
        f"<BkTxCd><Prtry><Cd>KID</Cd></Prtry></BkTxCd><NtryDtls>{both}</NtryDtls></Ntry></Ntfctn>"
        "</BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


rows = {new: Camt054Parser.from_bytes(file(new)).parse().to_dict("records") for new in (False, True)}
for new, seen in rows.items():
    print("08" if new else "02", [(str(row["Amount"]), row["Reference"], row["Debtor"]) for row in seen])
    assert len(seen) == 1, "the batch is taken apart now"
    assert seen[0]["Reference"] == "000000700000011 000000700000029", "references are no longer joined"
assert rows[False][0]["Debtor"] == "Storby" and rows[True][0]["Debtor"] == "", "the payer of .08 is read now"
print("as found: bankstatementparser", version("bankstatementparser"), "makes one row of two payments")
PY
