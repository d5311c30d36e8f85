"""The picture of an activity, or of the house: brought, cut around what matters, described, taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.catalogue.models import Activity
from booking.catalogue.pictures import of_activity
from booking.centre.house import THE_HOUSE
from booking.kernel.database import end_reading, unit_of_work
from booking.pictures import making
from booking.pictures.facts import LONGEST_ALT, LONGEST_CREDIT, Focus, PictureFacts
from booking.pictures.keeping import (
    PictureChangedMeanwhile,
    PictureHolder,
    drop_picture,
    keep_picture,
    picture_of,
    whole_picture,
)
from booking.pictures.making import MadePicture, PictureRefused
from booking.records import audited_rows
from booking.web.blueprints import admin
from booking.web.forms.fields import Field, TextField, TextsField, WholeField
from booking.web.forms.filled import Filled, labels, read, show
from booking.web.guards.access import staff, who
from booking.web.languages import LANGUAGES, centre, wording
from booking.web.refusals import sentence

LARGEST_FORM = making.LARGEST + 1_000_000


@dataclass(frozen=True, slots=True)
class PictureSubject:
    """What a picture is of, and where its page leads. Without one the motif of its `slug` is drawn.

    `hold` sees to it, in the unit of work that changes the picture, that it may still be changed.
    """

    holder: PictureHolder
    title: str
    slug: str
    here: str
    remove: str
    home: str
    hold: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class PicturePage:
    """The picture as it is shown, and the form that changes it. `changed`: by somebody else meanwhile."""

    subject: PictureSubject
    picture: PictureFacts | None
    fields: Sequence[Field]
    typed: Mapping[str, Any]
    errors: Mapping[str, str]
    labels: Mapping[str, str]
    langs: Sequence[str]
    seen: str
    changed: bool
    most_megabytes: int = making.LARGEST // 1_000_000


@admin.get("/activities/<int:row_id>/picture")
@staff()
def activity_picture(row_id: int) -> str:
    """The picture of an activity."""
    return shown(_of_activity(row_id))


@admin.post("/activities/<int:row_id>/picture")
@staff(largest=LARGEST_FORM)
def save_activity_picture(row_id: int) -> ResponseReturnValue:
    """Another picture, or other words for it."""
    return save(_of_activity(row_id))


@admin.post("/activities/<int:row_id>/picture/remove")
@staff()
def remove_activity_picture(row_id: int) -> ResponseReturnValue:
    """None any more."""
    return remove(_of_activity(row_id))


@admin.get("/settings/picture")
@staff()
def house_picture() -> str:
    """The picture of the house."""
    return shown(_of_the_house())


@admin.post("/settings/picture")
@staff(largest=LARGEST_FORM)
def save_house_picture() -> ResponseReturnValue:
    """Another picture, or other words for it."""
    return save(_of_the_house())


@admin.post("/settings/picture/remove")
@staff()
def remove_house_picture() -> ResponseReturnValue:
    """None any more."""
    return remove(_of_the_house())


@admin.get("/pictures/<mark>")
@staff()
def uncut_picture(mark: str) -> Response:
    """A picture before it is cut, on which one points at what matters."""
    whole = whole_picture(mark[:16].replace("\x00", ""))
    if whole is None:
        abort(404)
    return Response(whole, mimetype="image/jpeg")


def _of_activity(activity_id: int) -> PictureSubject:
    activity = audited_rows.find(Activity, activity_id)
    if activity is None:
        abort(404)
    return PictureSubject(
        of_activity(activity_id),
        _("Picture of “%(what)s”", what=wording().words(activity.title)),
        activity.slug,
        here=url_for("admin.activity_picture", row_id=activity_id),
        remove=url_for("admin.remove_activity_picture", row_id=activity_id),
        home=url_for("admin.activities_one", row_id=activity_id),
    )


def _of_the_house() -> PictureSubject:
    return PictureSubject(
        THE_HOUSE,
        _("Picture of the house"),
        "house",
        here=url_for("admin.house_picture"),
        remove=url_for("admin.remove_house_picture"),
        home=url_for("admin.settings"),
    )


def _fields() -> list[Field]:
    from_left = _("%, from the left")
    return [
        WholeField("across", _("What matters: across"), most=100, unit=from_left),
        WholeField("down", _("What matters: down"), most=100, unit=_("%, from above")),
        TextsField(
            "alt",
            _("What is to be seen"),
            most=LONGEST_ALT,
            heading=_("In words"),
            hint=_("Read aloud to those who cannot see it. One sentence, as “Two children turn the big gear wheel”."),
        ),
        TextField(
            "credit", _("Photographer"), most=LONGEST_CREDIT, required=False, hint=_("Stands beneath the picture.")
        ),
    ]


def shown(subject: PictureSubject) -> str:
    """The page of a picture as things stand."""
    picture = picture_of(subject.holder)
    return _page(subject, picture, Filled(typed=_standing(picture)), picture.stamp if picture else "")


def _standing(picture: PictureFacts | None) -> dict[str, Any]:
    focus = picture.focus if picture else Focus()
    values = {"across": focus.across, "down": focus.down, "alt": {}, "credit": ""}
    words = {"alt": picture.alt, "credit": picture.credit} if picture else {}
    return show(values | words, _fields(), centre().languages)


def save(subject: PictureSubject) -> ResponseReturnValue:
    """Another picture, or other words for it. Raises what its `hold` does."""
    before, filled, content = picture_of(subject.holder), _read(), _brought()
    seen = request.form.get("seen", "")
    if not content and (content is not None or before is None):
        filled.errors["file"] = _("Choose a file.") if content is None else _("The file is empty.")
    if filled.errors:
        if content:
            filled.errors["file"] = _(
                "Nothing is wrong with this file, but choose it once more: a page cannot keep a file."
            )
        return _page(subject, before, filled, seen), 422
    alt, credit = filled.values["alt"], filled.values["credit"]
    try:
        end_reading()  # cutting takes its time
        made = _made(content, Focus(filled.values["across"], filled.values["down"]), before)
        with unit_of_work():
            subject.hold()
            keep_picture(subject.holder, made, alt, credit, seen, who().actor)
    except PictureRefused as refusal:
        answer = sentence(refusal)
        filled.errors["file"] = answer.text
        return _page(subject, before, filled, seen), answer.status
    except PictureChangedMeanwhile:
        there = picture_of(subject.holder)
        return _page(subject, there, filled, there.stamp if there else "", changed=True), 409
    flash(_("Saved."))
    return redirect(subject.here, 303)


def _read() -> Filled:
    """What was typed; the words are wanted in each language, since each has its readers."""
    langs = centre().languages
    filled = read(request.form, _fields(), langs)
    for lang in langs:
        if not filled.typed[f"alt-{lang}"]:
            filled.errors[f"alt-{lang}"] = _("Say what is to be seen, in %(lang)s too.", lang=LANGUAGES.get(lang, lang))
    return filled


def _brought() -> bytes | None:
    """The file that was chosen; None for none."""
    file = request.files.get("file")
    return file.read(making.LARGEST + 1) if file is not None and file.filename else None


def _made(content: bytes | None, focus: Focus, before: PictureFacts | None) -> MadePicture | None:
    """All files of the picture, where any of them changes. Raises PictureRefused, PictureChangedMeanwhile."""
    if content:
        return making.make(content, focus)
    if before is None or before.focus == focus:
        return None
    whole = whole_picture(before.mark)
    if whole is None:
        raise PictureChangedMeanwhile
    end_reading()
    return making.make_again(whole, focus)


def remove(subject: PictureSubject) -> ResponseReturnValue:
    """None any more. Raises what its `hold` does."""
    try:
        with unit_of_work():
            subject.hold()
            drop_picture(subject.holder, request.form.get("seen", ""), who().actor)
    except PictureChangedMeanwhile:
        there = picture_of(subject.holder)
        stamp = there.stamp if there else ""
        return _page(subject, there, Filled(typed=_standing(there)), stamp, changed=True), 409
    flash(_("The picture is gone."))
    return redirect(subject.here, 303)


def _page(
    subject: PictureSubject, picture: PictureFacts | None, filled: Filled, seen: str, *, changed: bool = False
) -> str:
    langs = centre().languages
    return render_template(
        "admin/picture.html",
        page=PicturePage(
            subject=subject,
            picture=picture,
            fields=_fields(),
            typed=filled.typed,
            errors=filled.errors,
            labels={"file": _("File")} | labels(_fields(), langs),
            langs=langs,
            seen=seen,
            changed=changed,
        ),
    )
