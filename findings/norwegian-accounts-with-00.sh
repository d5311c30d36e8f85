#!/usr/bin/env bash
# python-stdnum 2.2, schwifty 2026.10.1 and ibantools 4.5.4 (npm) do not agree on Norwegian bank accounts whose digits 5
# and 6 are "00". By the register of European account numbers (ECBS TR201, Norway) the check digit is then made of
# digits 7 to 10 alone; schwifty does so, with `validate_bban=True`, and refuses the number whose digit is made of all
# ten. stdnum (and its IBAN, which asks the same module) and ibantools make it of all ten, and refuse TR201's.
# What follows from it: neither number passes all three, both are right IBANs by ISO 13616, and which one is "wrong"
# depends on who is asked. With 8601, the bank of every example, one cannot see it: its own digits add up to nothing
# (5*8 + 4*6 + 3*0 + 2*1 = 66), so both rules give the same.
# Seen: 12340012343 (by TR201): schwifty alone. 12340012346 (by all ten): the other two. 86010012343: all three.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install python-stdnum==2.2 schwifty==2026.10.1
npm init -y >/dev/null && npm install --silent --no-audit --no-fund ibantools@4.5.4 >/dev/null
cat > seen.py <<'PY'
import subprocess
from importlib.metadata import version

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import iban
from stdnum.iso7064 import mod_97_10
from stdnum.no import kontonr

WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def check_digit(digits: str) -> int:
    return (11 - sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS)) % 11) % 11


def takers(account: str) -> set[str]:
    whole = kontonr.to_iban(account)
    assert mod_97_10.is_valid(whole[4:] + whole[:4]), "the IBAN itself is right"
    try:
        by_schwifty = bool(IBAN(whole, validate_bban=True))
    except SchwiftyException:
        by_schwifty = False
    script = f"process.exit(require('ibantools').isValidIBAN('{whole}') ? 0 : 1)"
    by_ibantools = subprocess.run(["node", "-e", script]).returncode == 0
    assert kontonr.is_valid(account) == iban.is_valid(whole)
    answers = {"stdnum": kontonr.is_valid(account), "schwifty": by_schwifty, "ibantools": by_ibantools}
    return {name for name, taken in answers.items() if taken}


start = "1234001234"
by_tr201, by_all = f"{start}{check_digit(start[6:])}", f"{start}{check_digit(start)}"
seen = {account: sorted(takers(account)) for account in (by_tr201, by_all, "86010012343", "86011117947")}
print(seen)
assert seen[by_tr201] == ["schwifty"], "another takes TR201's number now"
assert seen[by_all] == ["ibantools", "stdnum"], "they agree on the other number now"
assert len(seen["86010012343"]) == len(seen["86011117947"]) == 3
print("as found: python-stdnum", version("python-stdnum"), "and schwifty", version("schwifty"), "contradict each other")
PY
v/bin/python seen.py
