"""Schools: the list with its filters in the address, one school with its visits and its agreements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext as _

from booking.agreements.models import SchoolKind
from booking.agreements.rules import school_year
from booking.kernel import clock
from booking.registry import lists
from booking.registry.lists import SchoolFilter, SchoolPage, SchoolStanding
from booking.staff.models import Role
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre, language, wording
from booking.web.typed import identity, one_of

LOOKERS = (Role.DESK, Role.FINANCE)


@admin.app_context_processor
def words_for_kinds() -> dict[str, object]:
    """What templates call the kinds of school."""
    return {"school_kinds": kind_names}


def kind_names() -> dict[str, str]:
    """What the kinds of school are called."""
    return {SchoolKind.SCHOOL: _("School"), SchoolKind.KINDERGARTEN: _("Kindergarten")}


def this_school_year() -> int:
    """The school year of today."""
    return school_year(centre().local(clock.now()).date())


@dataclass(frozen=True, slots=True)
class SchoolsPage:
    """A page of the list of schools with its filters."""

    listed: SchoolPage
    typed: Mapping[str, str]
    kept: Mapping[str, str]
    places: Sequence[str]
    standings: Mapping[SchoolStanding, str]
    may_change: bool


@admin.get("/schools")
@staff(*LOOKERS)
def schools() -> str:
    """A page of the list."""
    typed = {name: one_line(request.args.get(name))[:60] for name in ("q", "municipality", "kind", "standing")}
    places = wording().in_order(lists.municipalities())
    wanted = SchoolFilter(
        typed["q"],
        typed["municipality"],
        one_of(SchoolKind, typed["kind"]),
        one_of(SchoolStanding, typed["standing"]),
        identity(request.args.get("after")),
    )
    standings = {
        SchoolStanding.OURS: _("Entered by us"),
        SchoolStanding.WRITTEN: _("Written by teachers"),
        SchoolStanding.GONE: _("No longer there"),
    }
    return render_template(
        "admin/schools.html",
        page=SchoolsPage(
            listed=lists.schools(wanted, places, language()),
            typed=typed,
            kept={name: text for name, text in typed.items() if text},
            places=places,
            standings=standings,
            may_change=who().role is Role.ADMIN,
        ),
    )
