#!/usr/bin/env bash
# flufl.bounce 6.0.0, the reader of bounces that Mailman uses: an address with "=" in it is cut there. It reads the
# recipient of a report (RFC 3464, "rfc822; address") as if it were a list of parameters, so that "kari=2Bx@skole.no" is
# the parameter "kari", and reports the word before the sign, without a domain, as the address that failed for good.
# "=" is an ordinary letter of an address (atext, RFC 5322 section 3.2.3), and there is one in each of those that name
# another within: forwarded by SRS, tagged by BATV, or a list's own return address (VERP).
# What follows from it: a dead address is found on no list, so it is written to for ever. Ours reads what stands behind
# the semicolon, whole.
# Seen: "kari" for kari=2Bx@skole.no, "list+kari" for list+kari=skole.no@list.example; kari@skole.no whole.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install flufl.bounce==6.0.0
v/bin/python - <<'PY'
from email import message_from_string
from importlib.metadata import version

from flufl.bounce import all_failures

REPORT = """From: MAILER-DAEMON@mx.example
To: tickets@centre.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b--
"""
seen = {
    address: all_failures(message_from_string(REPORT.format(address)))
    for address in ("kari@skole.no", "kari=2Bx@skole.no", "list+kari=skole.no@list.example")
}
print(*seen.items(), sep="\n")
temporary, permanent = zip(*seen.values(), strict=True)
assert not any(temporary)
assert permanent[0] == {b"kari@skole.no"}, "the plain address"
assert permanent[1:] == ({b"kari"}, {b"list+kari"}), "an address with = is read whole now"
print("as found: flufl.bounce", version("flufl.bounce"), "cuts an address at its =")
PY
