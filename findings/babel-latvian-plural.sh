#!/usr/bin/env bash
# Babel 2.18.0: `pybabel compile` holds the first plural form against the English singular alone. Latvian's first form is
# for 1, 21, 31 ..., so it must carry the number; where the English singular says "one" in words and has another value in it,
# the right Latvian translation is counted as an error, while gettext itself takes that form for 21.
# What follows from it: an English singular carries %(num)s as soon as one of the languages has such a plural.
# Seen: "unknown named placeholder 'num'", "1 errors encountered." for a catalogue whose every form is right.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install babel==2.18.0
mkdir -p t/lv/LC_MESSAGES
cat > t/lv/LC_MESSAGES/messages.po <<'PO'
msgid ""
msgstr ""
"Language: lv\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);\n"

#, python-format
msgid "%(what)s: one place is left."
msgid_plural "%(what)s: %(num)s places are left."
msgstr[0] "%(what)s: palikusi %(num)s vieta."
msgstr[1] "%(what)s: palikušas %(num)s vietas."
msgstr[2] "%(what)s: vietu vairs nav."
PO
v/bin/pybabel compile -d t > said 2>&1 || true
cat said
v/bin/python - <<'PY'
import gettext
said = open("said").read()
assert "placeholder" in said, "Babel no longer complains"
there = gettext.translation("messages", "t", ["lv"])
one, many = "%(what)s: one place is left.", "%(what)s: %(num)s places are left."
texts = [there.ngettext(one, many, n) % {"num": n, "what": "Šovs"} for n in (1, 2, 21, 0)]
assert texts[2] == "Šovs: palikusi 21 vieta.", texts
print("as found: Babel 2.18.0 reports", said.strip().splitlines()[0][:90], "- and the catalogue says", texts[2])
PY
