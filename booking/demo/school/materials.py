"""What the demo's teachers get for the class: sheets set by our own typesetter, and pages of others; all invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from sqlalchemy import select, update

from booking.catalogue.models import Activity
from booking.demo.school.of_class_work import CLASS_WORK, DemoSheet
from booking.kernel.database import Texts, db, unit_of_work
from booking.materials.checking import CheckedFile, checked
from booking.materials.keeping import columns_of, keep_file
from booking.materials.models import Material, MaterialKind
from booking.programmes.models import Programme
from booking.records import audited_rows

SHEET = Path(__file__).with_name("sheet.typ")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OF_PACKAGES = "http://schemas.openxmlformats.org/package/2006"
OF_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OF_DOCUMENTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write_materials(languages: list[str]) -> None:
    """Give some of the programmes that there are what belongs to them, as the office's forms would."""
    ids = {slug: activity_id for activity_id, slug in db.session.execute(select(Activity.id, Activity.slug))}
    db.session.rollback()  # setting and looking take their time
    for work in CLASS_WORK:
        if work.slug not in ids:
            continue
        files = [(sheet, _file(sheet, languages[0])) for sheet in work.sheets]
        with unit_of_work():
            texts = {"brings": _spoken(work.brings, languages), "taught_by": _spoken(work.taught_by, languages)}
            db.session.execute(update(Programme).where(Programme.activity_id == ids[work.slug]).values(**texts))
            for sheet, file in files:
                of_file = {"moment": sheet.moment, "lang": languages[0], **columns_of(file)}
                keep_file(_add(ids[work.slug], sheet.title, languages, of_file), file)
            for page in work.pages:
                of_page = {"moment": page.moment, "lang": page.lang, "kind": MaterialKind.LINK, "url": page.url}
                _add(ids[work.slug], page.title, languages, of_page)


def _add(activity_id: int, title: Texts, languages: list[str], columns: Mapping[str, object]) -> int:
    values = {"activity_id": activity_id, "title": _spoken(title, languages), **columns}
    return audited_rows.add(Material, values, actor="demo", what="material")


def _spoken(texts: Texts, languages: list[str]) -> Texts:
    return {lang: texts[lang] for lang in languages if texts.get(lang)}


def _file(sheet: DemoSheet, lang: str) -> CheckedFile:
    title, tasks = sheet.title[lang], sheet.tasks[lang]
    content = _set(title, tasks, lang) if sheet.kind is MaterialKind.PDF else _typed(title, tasks)
    return checked(f"{title.replace(': ', ' - ')}.{sheet.kind}", content)


def _set(title: str, tasks: tuple[str, ...], lang: str) -> bytes:
    import typst  # only whoever loads a demo sets these

    words = {"title": title, "lang": lang, "tasks": "\n".join(tasks)}
    return typst.compile(SHEET, sys_inputs=words)


def _typed(title: str, tasks: tuple[str, ...]) -> bytes:
    """The smallest document of Word that says this (ECMA-376): a heading, and a paragraph for each task."""
    heading = f'<w:p><w:r><w:rPr><w:b/><w:sz w:val="36"/></w:rPr><w:t>{escape(title)}</w:t></w:r></w:p>'
    body = "".join(
        f"<w:p><w:r><w:t>{number}. {escape(task)}</w:t></w:r></w:p>" for number, task in enumerate(tasks, start=1)
    )
    begin = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, written in (
            (
                "[Content_Types].xml",
                f'<Types xmlns="{OF_PACKAGES}/content-types"><Default Extension="rels" '
                'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/word/document.xml" ContentType="{WORD}"/></Types>',
            ),
            (
                "_rels/.rels",
                f'<Relationships xmlns="{OF_PACKAGES}/relationships"><Relationship Id="a" '
                f'Type="{OF_DOCUMENTS}/officeDocument" Target="word/document.xml"/></Relationships>',
            ),
            (
                "word/document.xml",
                f'<w:document xmlns:w="{OF_WORD}"><w:body>{heading}{body}</w:body></w:document>',
            ),
        ):
            packed.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), begin + written)
    return file.getvalue()
