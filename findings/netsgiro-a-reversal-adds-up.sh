#!/usr/bin/env bash
# netsgiro 2.0.1, the reader of OCR giro (Norway's payments by KID, file "NY"): what was reversed counts as paid. The
# sign of a record ("-", types 18 and 20) stands beside the amount and never reaches it: amount and both totals are sums
# of what was paid and what was taken back. A KID whose check sign by modulus 11 is "-" (lawful, see the user's manual
# of OCR giro, 2.2) makes the whole file unreadable, not the one row.
# What follows from it: whoever books by amount books too much; the sign must be read beside it. Our numbers are by
# modulus 10, and files of the bank are read as camt.054.
# Seen: 100 paid, 40 taken back: 40 with sign "-", totals 140. With "-" at the end of a KID: ValueError for the file.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install netsgiro==2.0.1
v/bin/python - <<'PY'
from importlib.metadata import version

import netsgiro


def payment(number: int, kind: str, sign: str, minor: int, kid: str) -> list[str]:
    return [
        f"NY09{kind}30{number:07d}0411260101100001{sign}{minor:017d}{kid:>25}000000",
        f"NY09{kind}31{number:07d}0000000000000000001000000004112697104133219" + "0" * 22,
    ]


def file(*payments: list[str]) -> str:
    rows = [row for payment in payments for row in payment]
    counts = f"{len(payments):08d}{len(rows) + 2:08d}", f"{len(payments):08d}{len(rows) + 4:08d}"
    return "\n".join([
        "NY00001055555555100008100008080" + "0" * 49,
        "NY090020001008888000000288888888888" + "0" * 45,
        *rows,
        f"NY090088{counts[0]}{6000:017d}041126041126041126" + "0" * 21,
        f"NY000089{counts[1]}{6000:017d}041126" + "0" * 33,
    ])


both = netsgiro.parse(
    file(payment(1, "10", "0", 10000, "000000700000011"), payment(2, "18", "-", 4000, "000000700000011"))
)
(assignment,) = both.assignments
rows = [(row.type.name, row.amount, row.sign) for row in assignment.transactions]
print(rows, both.get_total_amount())
assert rows == [("FROM_GIRO_DEBITED_ACCOUNT", 100, "0"), ("REVERSING_WITH_KID", 40, "-")]
assert both.get_total_amount() == assignment.get_total_amount() == 140, "the sign reaches the sum now"
try:
    netsgiro.parse(file(payment(1, "10", "0", 10000, "000000700000011"), payment(2, "10", "0", 5000, "1000005-")))
except ValueError as refused:
    assert "TransactionAmountItem1" in str(refused)
else:
    raise AssertionError("a KID that ends with a hyphen is read now")
print("as found: netsgiro", version("netsgiro"), "adds up what was reversed, and reads no KID that ends with a hyphen")
PY
