"""Materials of a programme: files and links that teachers get for before and after the visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import request, url_for
from flask_babel import gettext as _

from booking.catalogue.models import Activity
from booking.kernel.database import end_reading
from booking.materials import checking
from booking.materials.checking import CheckedFile, MaterialRefused
from booking.materials.keeping import MOST_OF_ONE, columns_of, keep_file
from booking.materials.models import Material, MaterialKind, MaterialMoment
from booking.materials.read import MaterialFacts, count_of, materials_of
from booking.outreach.models import Outreach
from booking.programmes.models import Programme
from booking.records import audited_rows
from booking.records.audit import note
from booking.web.forms.chosen_fields import ChoiceField, EnumField
from booking.web.forms.fields import Field, TextField, TextsField, WholeField
from booking.web.forms.file_field import BroughtFile, FileField
from booking.web.forms.filled import Values
from booking.web.forms.row_history import Deed, deeds
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.guards.access import who
from booking.web.languages import LANGUAGES, centre, wording
from booking.web.refusals import sentence
from booking.web.typed import Wrong, identity

# What says that an activity is a programme, in the house or at schools, and its page in the office.
_WHOSE: Mapping[type[Programme | Outreach], str] = {
    Programme: "admin.programme_facts",
    Outreach: "admin.outreach_facts",
}
STEP = 10  # between the places of those that are added one after the other, so that another fits between


@dataclass(frozen=True, slots=True)
class AboutMaterial:
    """The material as teachers see it, and what has been done to it."""

    material: MaterialFacts
    deeds: Sequence[Deed]


class MaterialFileField(FileField):
    """A file that teachers may be given."""

    __slots__ = ()

    def value_of(self, brought: BroughtFile) -> CheckedFile:
        """The file, if it is one of our kinds and only shows. Raises Wrong."""
        end_reading()  # looking at it takes its time
        try:
            return checking.checked(brought.name, brought.content)
        except MaterialRefused as refusal:
            raise Wrong(sentence(refusal).text) from None


class LinkField(TextField):
    """The address of a page elsewhere, under https."""

    __slots__ = ()

    def value_of(self, text: str) -> str:
        """An address that a browser can open safely. Raises Wrong."""
        try:
            parts = urlsplit(text)
            host, sound = parts.hostname or "", parts.port is None or parts.port > 0
        except ValueError:
            raise Wrong(_("This is not an address that we can read.")) from None
        if parts.scheme != "https":
            raise Wrong(_("It begins with https://."))
        if "." not in host or "@" in parts.netloc or not sound or any(sign.isspace() for sign in text):
            raise Wrong(_("This is not an address that we can read."))
        return text


class MaterialRegister(Register[Material]):
    """One file or link a row. Which of the two a new one is, and whose, stands in the address of its form."""

    key = "materials"
    what = "material"
    table = Material
    template = "admin/material.html"
    largest = checking.LARGEST + 1_000_000

    def title_of_new(self) -> str:
        """Above the form of a new one."""
        activity = audited_rows.find(Activity, _activity_id() or 0)
        of_what = "" if activity is None else f": {wording().words(activity.title)}"
        return f"{_('New link') if _is_link(None) else _('New file')}{of_what}"

    def title_of(self, row: Material) -> str:
        """What teachers read."""
        return wording().words(row.title)

    def home(self, row: Material | None) -> str:
        """The programme; for a new one, the one that the address names."""
        activity_id = row.activity_id if row is not None else _activity_id()
        for table, page in _WHOSE.items():
            if activity_id is not None and audited_rows.find(table, activity_id) is not None:
                return url_for(page, row_id=activity_id, _anchor="materials")
        return url_for("admin.programmes")

    def defaults(self) -> Values:
        """For before, in the centre's own language, at the end."""
        activity_id = _activity_id()
        last = count_of(activity_id)[1] if activity_id is not None else 0
        return {"moment": MaterialMoment.BEFORE, "sort": last + STEP, "lang": centre().languages[0]}

    def fields(self, row: Material | None) -> list[Field]:
        """What it is, in which language, when it is used, and where it stands."""
        return [_link() if _is_link(row) else _file(row), *_words()]

    def new_fields(self) -> list[Field]:
        """What the log calls the columns."""
        return [_link(), *_words()]

    def wrong(self, values: Values, row_id: int | None) -> dict[str, str]:
        """No title in some language, no such programme, too many of them."""
        langs = [lang for lang in centre().languages if not values["title"].get(lang)]
        wrong = {f"title-{lang}": _("Write it in %(lang)s, too.", lang=LANGUAGES.get(lang, lang)) for lang in langs}
        if row_id is None:
            activity_id, first = _activity_id(), "url" if _is_link(None) else "file"
            if activity_id is None or not any(audited_rows.find(table, activity_id) for table in _WHOSE):
                wrong[first] = _("There is no such programme. Go back and begin there.")
            elif count_of(activity_id)[0] >= MOST_OF_ONE:
                wrong[first] = _("A programme has at most %(most)s files and links.", most=MOST_OF_ONE)
        return wrong

    def worked_out(self, row_id: int | None, values: Values) -> Values:
        """Whose it is, what the file is, and no language where none was chosen."""
        columns: dict[str, Any] = {"lang": values["lang"] or ""}
        if row_id is None:
            columns |= {"activity_id": _activity_id(), "kind": MaterialKind.LINK}
        return columns | (columns_of(values["file"]) if values.get("file") else {})

    def afterwards(self, row_id: int, values: Values) -> None:
        """The content of a file that was brought."""
        file: CheckedFile | None = values.get("file")
        if file is not None:
            keep_file(row_id, file)
            note(who().actor, "material.file", f"material:{row_id}", None, {"file_name": file.name})

    def saved(self, row_id: int) -> str:
        """The programme with all of them."""
        return self.home(audited_rows.find(Material, row_id))

    def about(self, row: Material) -> AboutMaterial:
        """The material as it is, and its history."""
        facts = next(each for each in materials_of([row.activity_id]) if each.id == row.id)
        return AboutMaterial(facts, deeds(f"material:{row.id}", self.fields(row)))


def _activity_id() -> int | None:
    return identity(request.args.get("activity_id"))


def _is_link(row: Material | None) -> bool:
    return request.args.get("kind") == "link" if row is None else row.kind is MaterialKind.LINK


def _file(row: Material | None) -> Field:
    megabytes = checking.LARGEST // 1_000_000
    return MaterialFileField(
        "file",
        _("File") if row is None else _("Another file in its place"),
        most=checking.LARGEST,
        required=row is None,
        stored=False,
        accept=".pdf,.docx,.pptx,.png,.jpg,.jpeg",
        hint=_("PDF, Word (docx), PowerPoint (pptx), PNG or JPEG, at most %(size)s MB.", size=megabytes),
    )


def _link() -> Field:
    hint = _("The page itself, as https://www.udir.no/lk20/nat01-04.")
    return LinkField("url", _("Address of the page"), most=500, hint=hint)


def _words() -> list[Field]:
    moments = [
        (MaterialMoment.BEFORE.value, _("Before the visit")),
        (MaterialMoment.AFTER.value, _("After the visit")),
    ]
    return [
        TextsField("title", _("Title"), most=120, hint=_("What it is for, as “Worksheet: build a bridge of paper”.")),
        EnumField("moment", _("When it is used"), choices=moments, kind=MaterialMoment),
        ChoiceField(
            "lang",
            _("Its own language"),
            choices=list(LANGUAGES.items()),
            required=False,
            hint=_("Teachers who read another language are told. None chosen: it needs no words."),
        ),
        WholeField("sort", _("Place in lists"), most=1000, hint=_("Small numbers come first.")),
    ]


join(MaterialRegister())
