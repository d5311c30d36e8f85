#!/usr/bin/env bash
# passkit-generator 3.6.1 (npm) makes Apple's passes. A pass has its words in other languages in a file of strings for each
# ("nb.lproj/pass.strings"). The library does not hand such a file of a template on: it reads it by a rule of its own and
# writes it anew, and what the rule does not know is gone without a word, with the whole file where nothing is left of it.
# Gone are: files in UTF-16 (Apple recommends UTF-8 today, recommended UTF-16 before, and its genstrings writes that);
# entries without spaces around "="; keys without quotes. A pass that a template gave in Norwegian is then shown with its
# bare keys. And what is added by `localize` is written between quotes as it is: a text with a quotation mark ends there.
# What follows from it for the passes we are to make: their strings are written with quotes and backslashes escaped, and a
# pass that was made is opened again in its test and its files compared with what was meant.
# Seen, on Node 20.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund passkit-generator@3.6.1
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 3 -subj /CN=nobody 2> openssl.log
cat > opened.py <<'PY'
import sys
import zipfile

made, file = zipfile.ZipFile(sys.argv[1]), sys.argv[2]
print(made.read(file).decode() if file in made.namelist() else "", end="")
PY
cat > seen.cjs <<'JS'
const assert = require("node:assert");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const { PKPass } = require("passkit-generator");

console.warn = () => {}; // it wants an icon, which is no matter here
const FILE = "nb.lproj/pass.strings";
const cert = fs.readFileSync("cert.pem");
const signer = { wwdr: cert, signerCert: cert, signerKey: fs.readFileSync("key.pem") };
const ticket = Buffer.from(JSON.stringify({
  formatVersion: 1, serialNumber: "1", passTypeIdentifier: "pass.org.example", teamIdentifier: "TEAM",
  organizationName: "A house", description: "A ticket", eventTicket: {},
}));

/** What the pass has of its Norwegian words, of a template's file and of what is added; nothing where there is no file. */
function words(template, added) {
  const made = new PKPass({ "pass.json": ticket, ...(template ? { [FILE]: template } : {}) }, signer, {});
  if (added) made.localize("nb", added);
  fs.writeFileSync("made.pkpass", made.getAsBuffer());
  return execFileSync("python3", ["opened.py", "made.pkpass", FILE]).toString();
}

const ROWS = '"time" = "Tid";\n"door" = "Dør";\n';
const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(ROWS, "utf16le")]);
const seen = {
  "UTF-8 with spaces": words(Buffer.from(ROWS)),
  "UTF-16": words(utf16),
  "UTF-16, and one word added": words(utf16, { gate: "Port" }),
  "no spaces around =": words(Buffer.from(ROWS.replaceAll(" = ", "="))),
  "keys without quotes": words(Buffer.from('time = "Tid";\n')),
  "a quotation mark added": words(null, { hall: 'Sal "Nord"' }),
};
for (const [given, kept] of Object.entries(seen)) {
  console.log(`${given}: ${kept ? JSON.stringify(kept) : "nothing is left"}`);
}
assert.deepStrictEqual(Object.values(seen), [
  ROWS.trimEnd(), "", '"gate" = "Port";', "", "", '"hall" = "Sal "Nord"";',
]);
const { version } = JSON.parse(fs.readFileSync("node_modules/passkit-generator/package.json"));
assert.strictEqual(version, "3.6.1");
console.log("as found: passkit-generator", version);
JS
node seen.cjs
