#!/usr/bin/env bash
# pdfua 0.1.3, a checker of PDF/UA without Java (with pikepdf 10.18.0, and 9.11.0 alike): its rule about headings,
# UA-14-001, fails on every paper that typst 0.15.2 sets with a heading, because it asks an array for a key, and a rule
# that failed is "not evaluated", which counts neither as an error nor as a warning. Headings that leap from the first
# level to the third (ISO 14289-1, 7.4.2 forbids it; typst itself refuses to set such a paper) get "PASS (no findings)"
# and exit code 0. Its other rules run.
# What follows from it: a green check by it says nothing of headings; whoever uses it must ask for no "skipped" in its
# JSON. What holds our papers is the typesetter's own standard ("ua-1").
# Seen: levels 1, 2 and levels 1, 3: PASS, exit 0, 0 findings, 1 rule skipped, for both.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install pdfua==0.1.3 pikepdf==10.18.0 typst==0.15.2
v/bin/python - <<'PY'
import json
import subprocess
from importlib.metadata import version

import pikepdf
import typst

PAPER = '#set document(title: "Billett")\n#set text(lang: "nn")\n= Billett\n== Vilkår\nVelkommen'
good = typst.compile(PAPER.encode(), format="pdf", pdf_standards=["ua-1"])
try:
    typst.compile(PAPER.replace("==", "===").encode(), format="pdf", pdf_standards=["ua-1"])
except typst.TypstError as refused:
    print("typst:", refused)
else:
    raise AssertionError("typst sets headings that leap now")
with open("right.pdf", "wb") as file:
    file.write(good)
with pikepdf.open("right.pdf") as paper:
    levels = [each for each in paper.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/H2"]
    for level in levels:
        level.S = pikepdf.Name.H3
    assert len(levels) == 1
    paper.save("leaps.pdf")
for name in ("right.pdf", "leaps.pdf"):
    run = subprocess.run(["v/bin/pdfua", "check", name, "--format", "json"], capture_output=True, text=True)
    report = json.loads(run.stdout)
    skipped = [(each["rule_id"], each["reason"][:80]) for each in report["skipped"]]
    print(name, "exit", run.returncode, report["summary"]["findings"], "findings; skipped:", skipped)
    assert run.returncode == 0 and not report["findings"], "the leap is found, or said, now"
    assert [rule for rule, _ in skipped] == ["UA-14-001"], "the rule of headings runs now"
print("as found: pdfua", version("pdfua"), "passes headings that it did not read")
PY
