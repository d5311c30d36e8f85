#!/usr/bin/env bash
# ical.js 2.2.1 (Thunderbird's own) and node-ical 0.26.1 (npm) read a time in the hour that comes twice, when summer time
# ends, as the second of the two. RFC 5545, 3.3.5: "If the local time described occurs more than once (when changing
# from daylight to standard time), the DATE-TIME value refers to the first occurrence". Python's icalendar 7.3.2,
# vobject 0.9.9 and ical 14.3.1 take the first.
# What follows from it: a night at the centre that ends at half past two lasts an hour more or less depending on
# who reads the same file, and no file with times on the wall clock can mend it: in that hour a time is to be in UTC.
# Seen: DTEND;TZID=Europe/Oslo:20261025T023000 is 01:30Z for the two, 00:30Z for the three, wherever the machine is.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install icalendar==7.3.2 vobject==0.9.9 ical==14.3.1 tzdata==2026.6
npm init -y >/dev/null && npm install --silent --no-audit --no-fund ical.js@2.2.1 node-ical@0.26.1 >/dev/null
cat > write.py <<'PY'
PARTS = (("DAYLIGHT", "+0100", "+0200", "19700329T020000", 3), ("STANDARD", "+0200", "+0100", "19701025T030000", 10))
zone = [
    line
    for name, before, after, start, month in PARTS
    for line in (
        f"BEGIN:{name}",
        f"TZOFFSETFROM:{before}",
        f"TZOFFSETTO:{after}",
        f"DTSTART:{start}",
        f"RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY=-1SU",
        f"END:{name}",
    )
]
event = [
    "UID:1",
    "DTSTAMP:20261001T100000Z",
    "DTSTART;TZID=Europe/Oslo:20261024T230000",
    "DTEND;TZID=Europe/Oslo:20261025T023000",
    "SUMMARY:Natt på senteret",
]
calendar = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//a//b//EN", "BEGIN:VTIMEZONE", "TZID:Europe/Oslo", *zone]
calendar += ["END:VTIMEZONE", "BEGIN:VEVENT", *event, "END:VEVENT", "END:VCALENDAR", ""]
open("night.ics", "w", encoding="utf-8", newline="").write("\r\n".join(calendar))
PY
v/bin/python write.py
cat > read.mjs <<'JS'
import fs from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";
const text = fs.readFileSync("night.ics", "utf8");
const seen = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent"));
const other = Object.values(nodeIcal.sync.parseICS(text)).find((part) => part.type === "VEVENT");
const iso = (date) => date.toISOString().slice(0, 16);
console.log("ical.js", iso(seen.startDate.toJSDate()), iso(seen.endDate.toJSDate()));
console.log("node-ical", iso(other.start), iso(other.end));
JS
cat > read.py <<'PY'
from datetime import UTC, datetime

import icalendar
import vobject
from ical.calendar_stream import IcsCalendarStream

text = open("night.ics", encoding="utf-8", newline="").read()
(event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
(typed,) = IcsCalendarStream.calendar_from_ics(text).events
old = vobject.readOne(text).vevent
read = {
    "icalendar": (event.start, event.end),
    "ical": (typed.dtstart, typed.end),
    "vobject": (old.dtstart.value, old.dtend.value),
}
for name, times in read.items():
    assert all(isinstance(time, datetime) for time in times)
    print(name, *(time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") for time in times))
PY
for zone in UTC Europe/Oslo America/New_York; do TZ=$zone node read.mjs; TZ=$zone v/bin/python -W ignore read.py; done | sort | uniq -c | tee seen
[ "$(grep -c . seen)" = 5 ] || { echo "it depends on the machine's zone now"; exit 1; }
for reader in ical.js node-ical; do
  grep -q "3 $reader 2026-10-24T21:00 2026-10-25T01:30" seen || { echo "$reader reads the first of the two now"; exit 1; }
done
[ "$(grep -c "2026-10-24T21:00 2026-10-25T00:30" seen)" = 3 ] || { echo "the three in Python no longer agree"; exit 1; }
echo "as found: ical.js 2.2.1 and node-ical 0.26.1 take the second 02:30, three readers in Python the first"
