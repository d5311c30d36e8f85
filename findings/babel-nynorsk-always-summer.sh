#!/usr/bin/env bash
# Babel 2.19.0: in Nynorsk every zone is one of summer time. What `get_timezone_location` and the patterns VVVV and v
# make of a zone is taken from the last regionFormat of CLDR's file, and where that has another for summer and none of
# its own without (nn has just them and takes the plain one from nb), the summer's stands for all the year. So in
# Bulgarian, Croatian and French of Canada; Bokmål and Latvian are right. ICU, by the same data, says "tidssone for".
# What follows from it: a time "by the zone of Norway" is a wrong statement on a page in Nynorsk for five months of the
# year, and for Turkey, which has no summer time, always. We name no zone.
# Seen, for a time in January: nn "sommartid – Noreg", nb "tidssone for Norge", lv "Laika josla: Norvēģija".
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install babel==2.19.0 tzdata==2026.6
v/bin/python - <<'PY'
from datetime import UTC, datetime
from importlib.metadata import version

from babel.dates import format_datetime, get_timezone, get_timezone_location

JANUARY = datetime(2026, 1, 15, 10, tzinfo=UTC)
OSLO, ISTANBUL = get_timezone("Europe/Oslo"), get_timezone("Europe/Istanbul")
assert JANUARY.astimezone(OSLO).dst().total_seconds() == 0, "January is winter"
shown = {
    locale: (format_datetime(JANUARY, "VVVV", tzinfo=OSLO, locale=locale), get_timezone_location(ISTANBUL, locale=locale))
    for locale in ("nn", "nb", "lv", "bg", "hr", "fr_CA")
}
print(*shown.items(), sep="\n")
assert shown["nn"] == ("sommartid – Noreg", "sommartid – Tyrkia"), "Nynorsk is mended"
assert shown["nb"][0] == "tidssone for Norge" and shown["lv"][0] == "Laika josla: Norvēģija"
assert "лятно" in shown["bg"][0] and "ljetno" in shown["hr"][0] and "avancée" in shown["fr_CA"][0]
print("as found: Babel", version("babel"), "says summer time in January, in Nynorsk and three more")
PY
