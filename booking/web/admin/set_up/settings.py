"""The centre's settings: who it is, how it looks, its rules, its logo, its spaces; and setting up an empty house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.queries import was_anything_booked
from booking.centre import edits, partners, queries
from booking.centre.facts import NOT_YET
from booking.centre.logo import drop_logo, keep_logo
from booking.centre.models import Centre
from booking.centre.partners import PartnerFacts
from booking.centre.queries import SpaceFacts
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.occupancy.ready import readiness
from booking.pictures import logo_files
from booking.pictures.drawn import Undrawable, png_of
from booking.pictures.logo_files import LogoFault, LogoRefused
from booking.records import audited_rows
from booking.records.audited_rows import RowChangedMeanwhile
from booking.registry.lists import made_for_schools
from booking.web.admin.set_up.centre_fields import centre_fields, countries
from booking.web.admin.set_up.guessing import usual
from booking.web.blueprints import admin
from booking.web.forms.entry import differing
from booking.web.forms.fields import Field
from booking.web.forms.filled import FORMS, Filled, columns, labels, read, show, with_other_languages
from booking.web.guards.access import staff, who
from booking.web.languages import LANGUAGES, centre
from booking.web.refusals import sentence

START = {name: getattr(NOT_YET, name) for name in NOT_YET.__dataclass_fields__} | {
    "name": "",
    "languages": ["nb", "en"],
}


@admin.get("/settings")
@staff()
def settings() -> str:
    """Everything about the centre on one page."""
    row = queries.the_row()
    fields = centre_fields()
    values = _first_guess() if row is None else audited_rows.values_of(row, columns(fields))
    typed = show(values | {"first_language": values["languages"][0]}, fields, _languages(values["languages"]))
    return _page(row, fields, Filled(typed=typed))


def _first_guess() -> dict[str, Any]:
    """What a new centre probably has: by the country that was chosen, else by the browser."""
    return START | usual(request.args.get("country"), [tag for tag, _weight in request.accept_languages])


@admin.post("/settings")
@staff()
def save_settings() -> ResponseReturnValue:
    """Make the centre, or change it."""
    row = queries.the_row()
    fields = centre_fields()
    filled = read(request.form, fields, _languages(request.form.getlist("languages")))
    if not filled.errors:
        _check(filled, row)
    seen = request.form.get("seen", "")
    if filled.errors:
        return _page(row, fields, filled, mark=seen), 422
    values = filled.stored(fields) | {"languages": _in_order(filled.values)}
    if row is not None:
        values = with_other_languages(values, audited_rows.values_of(row, columns(fields)), fields, values["languages"])
    try:
        with unit_of_work():
            if row is None:
                edits.make_centre(values, who().actor)
            else:
                audited_rows.change(
                    Centre, row.id, values, seen=seen, actor=who().actor, what="centre", quiet=edits.QUIET
                )
    except RowChangedMeanwhile as refusal:
        return _page(row, fields, filled, mark=audited_rows.mark_of(refusal.now), now=dict(refusal.now)), 409
    except edits.CentreThere as refusal:
        flash(sentence(refusal).text)
        return redirect(url_for("admin.settings"), 303)
    flash(_("Saved."))
    return redirect(url_for("admin.set_up" if row is None else "admin.settings"), 303)


@admin.post("/settings/logo")
@staff()
def save_logo() -> ResponseReturnValue:
    """Another logo."""
    file = request.files.get("logo")
    content = file.read(logo_files.LARGEST + 1) if file is not None else b""
    try:
        if logo_files.checked_logo(content) == logo_files.SVG:
            _draw(content)
        with unit_of_work():
            keep_logo(content, who().actor)
    except LogoRefused as refusal:
        row = queries.the_row()
        fields = centre_fields()
        typed = show(_shown(row, fields), fields, centre().languages)
        return _page(row, fields, Filled(typed=typed, errors={"logo": sentence(refusal).text})), 422
    flash(_("The logo has been changed."))
    return redirect(url_for("admin.settings"), 303)


def _draw(content: bytes) -> None:
    """Once at least, since letters will carry it as a picture. Raises LogoRefused."""
    try:
        png_of(content)
    except Undrawable:
        raise LogoRefused(LogoFault.UNDRAWABLE) from None


@admin.post("/settings/logo/remove")
@staff()
def remove_logo() -> ResponseReturnValue:
    """No logo of the centre's own."""
    with unit_of_work():
        drop_logo(who().actor)
    return redirect(url_for("admin.settings"), 303)


@admin.get("/set-up")
@staff()
def set_up() -> ResponseReturnValue:
    """From nothing to the first ticket: what is done, what comes next."""
    if centre() is NOT_YET:
        return redirect(url_for("admin.settings"), 303)
    now = clock.now()
    ready = readiness(centre().local(now).date(), now)
    return render_template("admin/set_up.html", ready=ready, done_for_schools=made_for_schools())


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """Everything about the centre. `now_there` is what somebody else has saved meanwhile (label, words)."""

    is_new: bool
    fields: Sequence[Field]
    typed: Mapping[str, Any]
    errors: Mapping[str, str]
    labels: Mapping[str, str]
    langs: Sequence[str]
    seen: str
    now_there: Sequence[tuple[str, str]]
    spaces: Sequence[SpaceFacts]
    partners: Sequence[PartnerFacts]
    logo: str
    countries: Sequence[tuple[str, str]]


def _page(
    row: Centre | None, fields: list[Field], filled: Filled, *, mark: str = "", now: dict[str, Any] | None = None
) -> str:
    langs = _languages(filled.typed.get("languages") or [])
    if row is not None and not mark:
        mark = audited_rows.mark_of(audited_rows.values_of(row, columns(fields)))
    return render_template(
        "admin/settings.html",
        page=SettingsPage(
            is_new=row is None,
            fields=fields,
            typed=filled.typed,
            errors=filled.errors,
            labels=labels(fields, langs) | {"logo": _("Logo")},
            langs=langs,
            seen=mark,
            now_there=differing(now, filled.values, fields) if now else [],
            spaces=queries.spaces(),
            partners=partners.partners(),
            logo=row.logo if row is not None else "",
            countries=countries(),
        ),
    )


def _shown(row: Centre | None, fields: list[Field]) -> dict[str, Any]:
    values = START if row is None else audited_rows.values_of(row, columns(fields))
    return values | {"first_language": values["languages"][0]}


def _languages(chosen: list[str]) -> list[str]:
    """The languages that texts are asked in: those chosen, else those of the first look."""
    return [lang for lang in chosen if lang in LANGUAGES] or list(START["languages"])


def _in_order(values: dict[str, Any]) -> list[str]:
    first = values["first_language"]
    return [first, *(lang for lang in values["languages"] if lang != first)]


def _check(filled: Filled, row: Centre | None) -> None:
    """What one field alone cannot know."""
    values = filled.values
    if values["first_language"] not in values["languages"]:
        filled.errors["first_language"] = _("Choose it among the languages too.")
    if row is not None and values["currency"] != row.currency and was_anything_booked():
        filled.errors["currency"] = _(
            "Something has been sold in %(currency)s already, so it stays.", currency=row.currency
        )


FORMS["centre"] = centre_fields
