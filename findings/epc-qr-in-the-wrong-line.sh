#!/usr/bin/env bash
# Two writers of the payment code by EPC069-12 ("girocode"), read back with a reader of codes (zxing-cpp 3.1.0). In it
# each line has its meaning: 10 is the structured reference (ISO 11649), 11 the text, 12 a word to the payer that is not
# sent with the payment.
# sepa-qr 0.0.2 (npm) has eleven lines: the text given as `remittance` ("Invoice 123456789" in its manual) stands in the
# line of the structured reference, and `information`, meant for the payer's eyes alone, in that of the text.
# @dipser/epc-qr-code.js 1.0.3 (npm) says "2", ISO 8859-1, unless told otherwise, but writes UTF-8, and as soon as one
# letter is not ASCII puts the sign U+FEFF before the first line: the code no longer begins with "BCD". Its `hint`
# (line 12) is taken and never written.
# What follows from it: the first makes banks check a text as a reference; the second is no payment code at all as soon
# as somebody is called Bērziņš, and works in every try with English words.
# Seen: line 10 "Invoice 1001", line 11 "Thank you"; first bytes EF BB BF with "Müller", "BCD" with "Miller".
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install zxing-cpp==3.1.0 pillow==13.0.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sepa-qr@0.0.2 @dipser/epc-qr-code.js@1.0.3 >/dev/null
cp node_modules/@dipser/epc-qr-code.js/dist/epc-qr-code.esm.js girocode.mjs # the package does not say that it is a module
cat > write.mjs <<'JS'
import fs from "node:fs";
import createSepaQr from "sepa-qr";
import { girocode } from "./girocode.mjs";
const iban = "LV97HABA0012345678910";
console.log = () => {}; // it prints each payment that it is given
for (const name of ["Miller", "Müller"]) {
  const payment = { iban, bic: "HABALV22", name, amount: "12.30", reason: "Invoice 1001", hint: "Thank you" };
  fs.writeFileSync(`${name}.svg`, girocode(payment).svg());
}
createSepaQr({ iban, name: "Centrs", amount: 12.3, remittance: "Invoice 1001", information: "Thank you", size: 6 }).pipe(
  fs.createWriteStream("sepa-qr.png"),
);
JS
node write.mjs
v/bin/python - <<'PY'
import re
from importlib.metadata import version
from pathlib import Path

import zxingcpp
from PIL import Image, ImageDraw

BLACK = re.compile(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="[\d.]+" style="fill:#000000')


def drawn(svg: str) -> Image.Image:
    """The code of squares as a picture, eight pixels a square and a white border."""
    squares = [(float(x), float(y), float(width)) for x, y, width in BLACK.findall(svg)]
    picture = Image.new("L", (700, 700), 255)
    for x, y, width in squares:
        left, top = 64 + 8 * round(x / width), 64 + 8 * round(y / width)
        ImageDraw.Draw(picture).rectangle((left, top, left + 7, top + 7), fill=0)
    return picture


def lines(picture: Image.Image) -> list[bytes]:
    (code,) = zxingcpp.read_barcodes(picture)
    return bytes(code.bytes).split(b"\n")


sepa_qr = lines(Image.open("sepa-qr.png").convert("L"))
miller, muller = (lines(drawn(Path(f"{name}.svg").read_text(encoding="utf-8"))) for name in ("Miller", "Müller"))
print("sepa-qr", sepa_qr, "girocode", miller, muller, sep="\n")
assert sepa_qr[0] == b"BCD" and sepa_qr[9:] == [b"Invoice 1001", b"Thank you"], "sepa-qr has twelve lines now"
assert miller[0] == b"BCD" and muller[0] == b"\xef\xbb\xbfBCD", "the sign before BCD is gone"
assert muller[2] == b"2" and muller[5] == "Müller".encode("utf-8"), "what it declares and what it writes agree now"
assert miller[10:] == muller[10:] == [b"Invoice 1001"], "the hint is written now"
print("as found, read with zxing-cpp", version("zxing-cpp"))
PY
