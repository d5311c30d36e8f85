#!/usr/bin/env bash
# calendar-link 2.11.5 (npm), buttons for "add to calendar". One event, 10:00 in Oslo, given with its offset (or as UTC,
# as its manual advises): the links for Outlook say the hour on the clock of the machine that made them, without a zone,
# so that a server in UTC sends everybody to 09:00; those for Google and Yahoo and the file are right. A whole day is
# "DTSTART:20261204", a date without VALUE=DATE, which RFC 5545, 3.8.2.4 asks for: ical.js 2.2.1, which Thunderbird reads
# with, refuses it. And an event that brings no UID gets one of a hundred thousand, where 3.8.4.7 wants one of all the
# world: in one calendar the second of the same number takes the first one's place.
# What follows from it: such links are made in the browser or not at all, and each event brings its own UID. We send the
# file and draw no buttons.
# Seen: startdt=2026-12-04T10:00:00 with TZ=Europe/Oslo, T09:00:00 with TZ=UTC; "invalid date-time value" for the whole
# day; some of 5000 UIDs twice.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund calendar-link@2.11.5 ical.js@2.2.1 >/dev/null
cat > seen.mjs <<'JS'
import * as links from "calendar-link";
import ICAL from "ical.js";
const given = { title: "Show", start: "2026-12-04T10:00:00+01:00", end: "2026-12-04T12:00:00+01:00" };
const utc = { ...given, start: "2026-12-04T09:00:00Z", end: "2026-12-04T11:00:00Z" };
const hour = (link) => /(?:startdt|st|dates)=([^/&]*)/.exec(decodeURIComponent(link))[1];
for (const event of [given, utc])
  console.log(["outlook", "office365", "google", "yahoo"].map((to) => `${to} ${hour(links[to](event))}`).join(", "));
const uids = Array.from({ length: 5000 }, () => /UID:(\d{1,5})%0D/.exec(links.ics(given))[1]);
console.log("some UIDs twice:", new Set(uids).size < 5000);
const day = decodeURIComponent(links.ics({ title: "Day", start: "2026-12-04", allDay: true }).replace(/^data:[^,]*,/, ""));
console.log(/DTSTART.*/.exec(day)[0]);
try {
  const event = new ICAL.Component(ICAL.parse(day)).getFirstSubcomponent("vevent");
  console.log("read as", String(event.getFirstPropertyValue("dtstart")));
} catch (refused) {
  console.log("refused:", refused.message);
}
JS
for zone in Europe/Oslo UTC; do echo "$zone"; TZ=$zone node seen.mjs; done | tee seen
cat > want <<'TXT'
Europe/Oslo
outlook 2026-12-04T10:00:00, office365 2026-12-04T10:00:00, google 20261204T090000Z, yahoo 20261204T090000Z
outlook 2026-12-04T10:00:00, office365 2026-12-04T10:00:00, google 20261204T090000Z, yahoo 20261204T090000Z
some UIDs twice: true
DTSTART:20261204
refused: invalid date-time value: "2026-12-04T::"
UTC
outlook 2026-12-04T09:00:00, office365 2026-12-04T09:00:00, google 20261204T090000Z, yahoo 20261204T090000Z
outlook 2026-12-04T09:00:00, office365 2026-12-04T09:00:00, google 20261204T090000Z, yahoo 20261204T090000Z
some UIDs twice: true
DTSTART:20261204
refused: invalid date-time value: "2026-12-04T::"
TXT
diff want seen
echo "as found: calendar-link 2.11.5 writes Outlook's links by the clock of whatever machine it runs on"
