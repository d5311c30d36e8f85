#!/usr/bin/env bash
# A house says when it is open on maps by the rule language of OpenStreetMap: "Mo-Su 10:00-18:00; PH off" is open every day
# but public holidays. Which days these are the readers know by themselves, and two published ones differ for Latvia.
# Its law gives the Monday after too when 4 May or 18 November falls on a weekend; the day itself stays a holiday.
# - opening_hours_py 2.1.4 (PyPI, in Rust) has the Monday *instead*: on Saturday 18 November 2028, the day of the republic,
#   a house that is shut is said to be open; so on Saturday 4 May 2030. It also shuts it on two Sundays each year that the
#   law names but on which museums are open as on any other: Mother's Day and Whitsun.
# - opening_hours 3.15.0 (npm, what most maps use) has the day and its Monday, and neither of the two Sundays.
# Neither has the Monday after a Song Festival (10 July 2023), which the law names too.
# For Norway the two agree in all these years.
# What follows from it for us: a rule with PH in it is not what we give to others; closing days are proposed once, both the
# day and its Monday, kept by staff, and told to search engines and maps as dates.
# Seen, on Python 3.11 and Node 20.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check opening_hours_py==2.1.4
cat > asked.py <<'PY'
import datetime as dt
import json

from opening_hours import OpeningHours


def shut(country):
    house = OpeningHours("Mo-Su 10:00-18:00; PH off", country=country)
    noon, days = dt.datetime(2023, 1, 1, 12), []
    while noon.year < 2031:
        if not house.is_open(noon):
            days.append(noon.date().isoformat())
        noon += dt.timedelta(days=1)
    return days


print(json.dumps({country: shut(country) for country in ("LV", "NO")}))
PY
venv/bin/python asked.py > py.json
npm init -y > /dev/null
npm install --silent --no-audit --no-fund opening_hours@3.15.0
cat > asked.cjs <<'JS'
const opening_hours = require("opening_hours");

function shut(country_code) {
  const house = new opening_hours("Mo-Su 10:00-18:00; PH off", { lat: 58, lon: 15, address: { country_code } });
  const days = [];
  for (const noon = new Date(2023, 0, 1, 12); noon.getFullYear() < 2031; noon.setDate(noon.getDate() + 1)) {
    if (!house.getState(new Date(noon)))
      days.push([noon.getFullYear(), noon.getMonth() + 1, noon.getDate()].map((part) => String(part).padStart(2, "0")).join("-"));
  }
  return days;
}

console.log(JSON.stringify({ LV: shut("lv"), NO: shut("no") }));
JS
node asked.cjs > js.json
python3 - <<'PY'
import json

py, js = (json.load(open(name)) for name in ("py.json", "js.json"))
assert py["NO"] == js["NO"], "Norway"
only_py, only_js = sorted(set(py["LV"]) - set(js["LV"])), sorted(set(js["LV"]) - set(py["LV"]))
print("Latvia, shut for opening_hours_py alone:", only_py)
print("Latvia, shut for opening_hours (npm) alone:", only_js)
assert {"2023-11-18", "2024-05-04", "2028-11-18", "2029-11-18", "2030-05-04"} <= set(only_js), only_js
assert {"2023-05-14", "2023-05-28", "2030-05-12", "2030-06-09"} <= set(only_py), only_py
for reader in (py["LV"], js["LV"]):
    assert {"2023-11-20", "2030-05-06"} <= set(reader) and "2023-07-10" not in reader
PY
