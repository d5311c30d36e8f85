#!/usr/bin/env bash
# typst 0.15.2: where a long word without a space (an address, a name of 60 letters) may break on paper. `h(0pt)` between
# letters gives no place to break, so the word runs out of its cell; U+200B (`sym.zws`) breaks it but stays in the text that
# a reader copies or a machine reads; an empty box of no width breaks it and leaves the copied word whole.
# Seen with pypdfium2 5.x reading the three papers.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install typst==0.15.2 pypdfium2
v/bin/python - <<'PY'
import pypdfium2
import typst

WORD = "sjokoladefabrikkbesok" * 4


def paper(between: str) -> tuple[float, str]:
    """How far to the right the ink goes (points), and the text as it is copied, lines joined."""
    text = f'#set page(width: 80mm, height: 60mm, margin: 10mm)\n#"{WORD}".clusters().join({between})'
    page = pypdfium2.PdfDocument(typst.compile(text.encode())).get_page(0).get_textpage()
    rights = [page.get_charbox(n)[2] for n in range(page.count_chars()) if page.get_text_range(n, 1).strip()]
    copied = page.get_text_range().replace("\r", "").replace("\n", "").replace("\ufffe", "")
    return max(rights), copied


width = 80 / 25.4 * 72
for between in ("h(0pt)", "sym.zws", "box(width: 0pt)"):
    right, copied = paper(between)
    print(f"{between:16} ink to {right:6.1f} of {width:.1f} pt, copied whole: {copied == WORD}")
assert paper("h(0pt)")[0] > width, "h(0pt) breaks now"
assert paper("sym.zws")[0] < width and paper("sym.zws")[1] != WORD, "the zero width space is no longer copied"
assert paper("box(width: 0pt)")[0] < width and paper("box(width: 0pt)")[1] == WORD
print("as found")
PY
