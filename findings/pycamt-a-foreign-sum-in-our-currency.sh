#!/usr/bin/env bash
# pycamt 1.1.1: of a payment that was ordered in another currency (AmtDtls with InstdAmt before TxAmt, as banks write it in
# camt.053.001.02) the number that was ordered is taken for the number that came, and the currency beside it is the
# account's. A payment that names two invoices (two Strd, each with its reference and sum) keeps the first reference only.
# What follows from it: 10 euros are booked as 10 kroner where 117.50 came; the rows of a batch no longer add up to their
# entry, and nothing says so. Whoever reads rows holds their sum against the entry's, as we do.
# Seen: rows of 10.00 NOK and 32.50 NOK under an entry of 150.00 NOK; one reference of two.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install pycamt==1.1.1
v/bin/python - <<'PY'
from decimal import Decimal
from importlib.metadata import version

from pycamt.parser import Camt053Parser

ENTRY = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-11-04T10:00:00</CreDtTm></GrpHdr>
<Stmt><Id>1</Id><CreDtTm>2026-11-04T10:00:00</CreDtTm><Acct><Id><IBAN>NO9386011117947</IBAN></Id><Ccy>NOK</Ccy></Acct>
<Ntry><Amt Ccy="NOK">150.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-04</Dt></BookgDt>
<NtryDtls>
<TxDtls><Refs><EndToEndId>a</EndToEndId></Refs><AmtDtls>
  <InstdAmt><Amt Ccy="EUR">10.00</Amt></InstdAmt><TxAmt><Amt Ccy="NOK">117.50</Amt></TxAmt></AmtDtls></TxDtls>
<TxDtls><Refs><EndToEndId>b</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="NOK">32.50</Amt></TxAmt></AmtDtls><RmtInf>
  <Strd><RfrdDocAmt><RmtdAmt Ccy="NOK">20.00</RmtdAmt></RfrdDocAmt>
    <CdtrRefInf><Ref>000000700000011</Ref></CdtrRefInf></Strd>
  <Strd><RfrdDocAmt><RmtdAmt Ccy="NOK">12.50</RmtdAmt></RfrdDocAmt>
    <CdtrRefInf><Ref>000000700000029</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>
</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"""

rows = Camt053Parser(ENTRY.encode()).get_transactions()
seen = [(row["EndToEndId"], row["Amount"], row["Currency"], row.get("RemittanceInformation")) for row in rows]
print("pycamt", version("pycamt"), *seen, sep="\n  ")
assert seen == [("a", "10.00", "NOK", None), ("b", "32.50", "NOK", "000000700000011")], seen
assert sum(Decimal(row["Amount"]) for row in rows) == Decimal("42.50")
PY
