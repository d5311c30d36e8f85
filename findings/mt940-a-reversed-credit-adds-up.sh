#!/usr/bin/env bash
# MT940 is the statement that banks gave before camt.053 and many still export. A row (:61:)
# says C or D, or RC for a credit that is taken back and RD for a debit that is taken back: RC is money out. Two published
# readers, each of which reads wrong what the other reads right, on one statement that adds up (1000.00, credit
# 100.00, debit 10.00, credit 5.00, the two first taken back: 1005.00):
# - mt-940 5.1.1 (PyPI) makes only D negative. The credit that the bank took back is +100.00 once more, the debit +10.00:
#   its rows sum to 205.00 where the balances beside them say 5.00, and nothing compares them. An invoice looks paid twice.
# - mt940js 1.3.5 (npm) has both signs right. A row has the date of its value with the year, and the date of its entry as
#   month and day alone; the library puts the year of the value before it. A row of 2 January that was entered on 31
#   December is entered at the end of the year to come, and one of 31 December entered on 2 January a year too early.
# What follows from it for us: camt.054 is what we read, where a reversal has a mark of its own (RvslInd) and each day its
# year; MT940 is not offered.
# Seen, on Python 3.11 and Node 20.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > statement.sta <<'STA'
:20:STATEMENT
:25:LV80BANK0000435195001
:28C:1/1
:60F:C251230EUR1000,00
:61:2512311231C100,00NTRFREF1//B1
:86:paid
:61:2601021231D10,00NTRFREF2//B2
:86:a fee of the new year, entered in the old
:61:2512310102C5,00NTRFREF3//B3
:86:interest of the old year, entered in the new
:61:2512311231RC100,00NTRFREF4//B4
:86:the payment taken back
:61:2512311231RD10,00NTRFREF5//B5
:86:the fee taken back
:62F:C260102EUR1005,00
-
STA
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mt-940==5.1.1
venv/bin/python - <<'PY'
import mt940

read = mt940.parse("statement.sta")
rows = [(str(row.data["amount"].amount), str(row.data["entry_date"])) for row in read]
print("mt-940 5.1.1:", rows)
assert [amount for amount, _ in rows] == ["100.00", "-10.00", "5.00", "100.00", "10.00"], rows
assert [entered for _, entered in rows[1:3]] == ["2025-12-31", "2026-01-02"], rows
begins, ends = (read.data[name].amount.amount for name in ("final_opening_balance", "final_closing_balance"))
total = sum(row.data["amount"].amount for row in read)
print("mt-940 5.1.1: rows sum to", total, "and the balances differ by", ends - begins)
assert str(total) == "205.00" and str(ends - begins) == "5.00", (total, begins, ends)
PY
npm init -y > /dev/null
npm install --silent --no-audit --no-fund mt940js@1.3.5
cat > seen.cjs <<'JS'
const assert = require("node:assert");
const { Parser } = require("mt940js");

const [statement] = new Parser().parse(require("node:fs").readFileSync("statement.sta", "utf8"));
const rows = statement.transactions.map((row) => [row.amount, row.date.toISOString().slice(0, 10), row.entryDate.toISOString().slice(0, 10)]);
console.log("mt940js 1.3.5:", JSON.stringify(rows));
assert.deepEqual(rows.map(([amount]) => amount), [100, -10, 5, -100, 10]);
assert.deepEqual(rows[1].slice(1), ["2026-01-02", "2026-12-31"]);
assert.deepEqual(rows[2].slice(1), ["2025-12-31", "2025-01-02"]);
JS
node seen.cjs
