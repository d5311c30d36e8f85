#!/usr/bin/env bash
# extruct 0.18.0, the reader of what pages say of themselves to search engines. Microdata: of a <time> without a
# "datetime" it makes an empty text, where by HTML its value is then its text ("the value of the element's datetime
# content attribute, if it has one, or the element's textContent, if it does not"). JSON-LD: a script whose type is
# written "application/ld+json; charset=utf-8" or in capitals is not there, though a type of media may have parameters
# and the case of its letters means nothing (RFC 2045, 5.1; RFC 6838, 4.2).
# What follows from it: "no event found" by it is no proof that a page has none. Ours write the plain type, and times
# in JSON-LD.
# Seen: startDate "2026-12-04T10:00+01:00" from the attribute, "" from the text; one script of three.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install extruct==0.18.0
v/bin/python - <<'PY'
from importlib.metadata import version

import extruct

AT = "2026-12-04T10:00+01:00"
TYPES = ("application/ld+json", "application/ld+json; charset=utf-8", "Application/LD+JSON")
times = (f'<time itemprop="startDate" datetime="{AT}">4. desember</time>', f'<time itemprop="startDate">{AT}</time>')
events = "".join(f'<div itemscope itemtype="https://schema.org/Event">{time}</div>' for time in times)
scripts = "".join(f'<script type="{type_}">{{"@type": "Event", "name": "{type_}"}}</script>' for type_ in TYPES)
found = extruct.extract(f"<html><body>{events}{scripts}</body></html>", syntaxes=["microdata", "json-ld"])
starts = [event["properties"]["startDate"] for event in found["microdata"]]
names = [event["name"] for event in found["json-ld"]]
print(starts, names)
assert starts == [AT, ""], "the text of a time is read now"
assert names == ["application/ld+json"], "other spellings of the type are read now"
print("as found: extruct", version("extruct"), "loses a time without an attribute, and scripts by the spelling of a type")
PY
