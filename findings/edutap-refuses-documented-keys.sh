#!/usr/bin/env bash
# edutap.wallet-apple 1.0.0a5, the one maintained Python model of Apple's passes found that knows the poster event ticket
# (preferredStyleSchemes, additionalInfoFields, relevantDates) and keeps each key and time as written. Three things that
# Apple's "Wallet Passes" documents do not pass: "row" of an auxiliary field (the class for it is there, no list uses
# it), store identifiers as numbers (it asks for strings, which the phone does not), and a semantic tag of an event
# beside one of a store card ("balance"): the tags are split by kind of pass, in Apple's object they are not.
# What follows from it: a party's ticket that shows two rows of numbers, and a gift card that names its event, are
# dictionaries of our own, or these parts are added to what the model gives before it is signed.
# Seen: the plain poster ticket as it was given; ValidationError for each of the three.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install edutap.wallet-apple==1.0.0a5
v/bin/python - <<'PY'
import json
from importlib.metadata import version
from typing import Any

from edutap.wallet_apple.models.passes import Pass
from pydantic import ValidationError

FIELD = {"key": "adults", "label": "Voksne", "value": 2}
PLAIN = {
    "formatVersion": 1,
    "passTypeIdentifier": "pass.example",
    "teamIdentifier": "TEAM",
    "organizationName": "Senteret",
    "description": "Billett",
    "serialNumber": "1",
    "preferredStyleSchemes": ["posterEventTicket", "eventTicket"],
    "relevantDates": [{"startDate": "2026-12-04T10:00+01:00", "endDate": "2026-12-04T12:00+01:00"}],
    "semantics": {"eventName": "Show", "venueName": "Senteret"},
    "eventTicket": {"auxiliaryFields": [FIELD], "additionalInfoFields": [{"key": "a", "value": "b"}]},
}


def kept(**other: Any) -> bool:
    """Whether each key comes out as it went in."""
    given = PLAIN | other
    came = json.loads(Pass.model_validate(given).model_dump_json(exclude_none=True))

    def within(mine: Any, theirs: Any) -> bool:
        if isinstance(mine, dict):
            return all(key in theirs and within(value, theirs[key]) for key, value in mine.items())
        if isinstance(mine, list):
            return len(mine) == len(theirs) and all(map(within, mine, theirs))
        return bool(mine == theirs)

    return within(given, came)


assert kept(), "the plain one changes"
for name, other in {
    "a second row": {"eventTicket": {"auxiliaryFields": [FIELD | {"row": 1}]}},
    "a number of the store": {"associatedStoreIdentifiers": [1]},
    "an event with a balance": {
        "semantics": {"eventName": "Show", "balance": {"amount": "10.00", "currencyCode": "NOK"}}
    },
}.items():
    try:
        kept(**other)
    except ValidationError as refused:
        print(name, "is refused:", refused.errors()[0]["type"])
    else:
        raise AssertionError(f"{name} is taken now")
print("as found: edutap.wallet-apple", version("edutap.wallet-apple"), "keeps a poster ticket, and refuses the three")
PY
