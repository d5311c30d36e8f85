#!/usr/bin/env bash
# @culturehq/add-to-calendar 1.1.2 (npm): the calendar file is an address "data:text/calendar,..." made by encodeURI,
# which leaves "#" as it is. In an address what comes after it is a fragment and no part of the data (RFC 3986, 3.5), so
# a show "in hall #2" is a file that stops there, in the middle of the event. Nothing is escaped as RFC 5545, 3.3.11 has
# it: of two lines of text the second is a line of the file that no reader knows; and UID, DTSTAMP and PRODID, which
# must be there, are not. Yahoo's link says how long an event lasts with the last two digits of the hours.
# What follows from it: files for calendars are made by a library that escapes, served as files, and read back in tests,
# as ours are.
# Seen, read by ical.js 2.2.1: a plain event whole; with "#" "component began but did not end"; with two lines "Invalid
# parameters"; a holiday camp from Monday to Friday, 102 hours and a half, lasts 02:30.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund --legacy-peer-deps @culturehq/add-to-calendar@1.1.2 \
  ical.js@2.2.1 >/dev/null
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { createRequire } from "node:module";
import ICAL from "ical.js";
const makeUrls = createRequire(import.meta.url)("@culturehq/add-to-calendar/dist/makeUrls").default;
const show = {
  name: "Show",
  details: "Velkommen",
  location: "Bergen",
  startsAt: "2026-12-04T10:00:00+01:00",
  endsAt: "2026-12-04T12:00:00+01:00",
};
// fetch reads an address as a browser does
const file = async (event) => (await fetch(makeUrls(event).ics)).text();
const read = async (event) => {
  try {
    const found = new ICAL.Component(ICAL.parse(await file(event))).getFirstSubcomponent("vevent");
    return `${found.getFirstPropertyValue("location")}, UID ${found.hasProperty("uid")}`;
  } catch (refused) {
    return refused.message;
  }
};
const seen = {
  plain: await read(show),
  hash: await read({ ...show, location: "Sal #2, Bergen" }),
  lines: await read({ ...show, details: "Velkommen\nTa med matpakke; vi har bord" }),
};
const camp = { ...show, startsAt: "2026-07-06T09:00:00+02:00", endsAt: "2026-07-10T15:30:00+02:00" };
const lasts = new URL(makeUrls(camp).yahoo).searchParams.get("dur");
console.log(seen, "camp:", lasts, "end of the file:", (await file({ ...show, location: "Sal #2" })).split("\n").at(-1));
assert.equal(seen.plain, "Bergen, UID false", "there is a UID now");
assert.match(seen.hash, /began but did not end/, "a number sign is kept now");
assert.match(seen.lines, /Invalid parameters/, "two lines are escaped now");
assert.equal(lasts, "0230", "a hundred hours are counted now");
console.log("as found: @culturehq/add-to-calendar 1.1.2 loses what comes after a number sign");
JS
node seen.mjs
