#!/usr/bin/env bash
# ofxstatement-latvian 1.6.0 (with ofxstatement 0.9.3), reading FiDAViSta, the format of statements that the Latvian
# banks agreed on (specification 1.01 of the Association of Latvian Commercial Banks). Of what came to an account at
# Citadele nobody is ever the payer: the code asks `if payee_name_el:`, and an element without children, such as
# <Name>, is false. The same file read as Swedbank's has the name. And an account has one CcyStmt for each currency, of
# which both readers take the first: what was paid in the others is not there, and nothing says so.
# What follows from it: of what is paid without a reference nothing can be told any more.
# Seen (Python 3.11): Citadele: payee None; Swedbank: "Jānis Bērziņš"; both: one payment of two, one currency of two.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install ofxstatement-latvian==1.6.0 ofxstatement==0.9.3
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version
from pathlib import Path

from ofxstatement.plugins.citadeleLV import CitadeleLVPlugin
from ofxstatement.plugins.swedbankLVFiDAViSta import SwedbankLVFiDAViStaPlugin
from ofxstatement.ui import UI


def of_currency(currency: str, sum_: str) -> str:
    return (
        f"<CcyStmt><Ccy>{currency}</Ccy><OpenBal>0.00</OpenBal><CloseBal>{sum_}</CloseBal><TrxSet>"
        "<TypeCode>INP</TypeCode><RegDate>2026-11-04</RegDate><BookDate>2026-11-04</BookDate>"
        f"<ValueDate>2026-11-04</ValueDate><BankRef>{currency}1</BankRef><CorD>C</CorD><AccAmt>{sum_}</AccAmt>"
        "<PmtInfo>Paldies</PmtInfo><CPartySet><AccNo>LV80BANK0000435195001</AccNo>"
        "<AccHolder><Name>Jānis Bērziņš</Name></AccHolder></CPartySet></TrxSet></CcyStmt>"
    )


Path("statement.xml").write_text(
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<FIDAVISTA xmlns="http://www.bankasoc.lv/fidavista/fidavista0101.xsd"><Header/><Statement>'
    "<Period><StartDate>2026-11-04</StartDate><EndDate>2026-11-04</EndDate></Period>"
    f"<AccountSet><AccNo>LV97PARX0012345678910</AccNo>{of_currency('EUR', '10.00')}{of_currency('USD', '20.00')}"
    "</AccountSet></Statement></FIDAVISTA>",
    encoding="utf-8",
)
read = {
    plugin.__name__: plugin(UI(), {}).get_parser("statement.xml").parse()
    for plugin in (CitadeleLVPlugin, SwedbankLVFiDAViStaPlugin)
}
seen = {name: [(line.id, float(line.amount), line.payee) for line in each.lines] for name, each in read.items()}
print(*seen.items(), sep="\n")
assert seen["CitadeleLVPlugin"] == [("EUR1", 10.0, None)], "the payer is read now, or the second currency"
assert seen["SwedbankLVFiDAViStaPlugin"] == [("EUR1", 10.0, "Jānis Bērziņš")], "the second currency is read now"
print("as found: ofxstatement-latvian", version("ofxstatement-latvian"), "names no payer at Citadele, and one currency")
PY
