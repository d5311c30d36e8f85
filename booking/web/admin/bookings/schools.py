"""Schools: the list with its filters in the address, one school with its visits and its agreements."""

from __future__ import annotations

from typing import Any, cast

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.agreements.models import School, SchoolKind
from booking.agreements.payers import agreements_for, facts_of
from booking.agreements.queries import school_with_number
from booking.agreements.rules import school_year
from booking.bookings.search_words import fold_letters
from booking.kernel import clock
from booking.kernel.database import Model
from booking.records import audited_rows
from booking.registry import edits, lists
from booking.registry.lists import SchoolFilter, SchoolStanding
from booking.staff.models import Role
from booking.web.admin import admin
from booking.web.admin.bookings import reference_fields as references
from booking.web.forms.checked import tidy
from booking.web.forms.fields import Field, FieldKind
from booking.web.forms.row_history import deeds
from booking.web.forms.row_lists import Register, join
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


@admin.get("/schools")
@staff(*LOOKERS)
def schools() -> str:
    """A page of the list."""
    typed = {name: tidy(request.args.get(name))[:60] for name in ("q", "municipality", "kind", "standing")}
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
        page=lists.schools(wanted, places, language()),
        typed=typed,
        kept={name: said for name, said in typed.items() if said},
        places=places,
        standings=standings,
        may_change=who().role is Role.ADMIN,
    )


def _fields(_row: Model | None) -> list[Field]:
    return [
        Field("name", pgettext("of a thing", "Name"), most=120, heading=_("The school")),
        Field("kind", _("Kind"), FieldKind.CHOICE, choices=list(kind_names().items()), convert=SchoolKind),
        references.org_number_field(),
        Field(
            "municipality",
            _("Municipality"),
            most=60,
            hint=_("Written as in the agreements: it decides which of them hold."),
        ),
        Field("email", _("E-mail"), FieldKind.EMAIL, most=254, required=False),
        Field(
            "known",
            _("Agreements hold without a code"),
            FieldKind.YES,
            hint=_("For schools that you know. Teachers find them by name."),
        ),
        Field(
            "active", _("The school is there"), FieldKind.YES, hint=_("Otherwise teachers do not find it. Visits stay.")
        ),
        *references.pattern_fields(),
    ]


def _wrong(values: dict[str, Any]) -> dict[str, str]:
    number, row_id = values["org_number"], (request.view_args or {}).get("row_id", 0)
    if number:
        other = school_with_number(number, row_id)
        if other is not None:
            return {"org_number": _("%(school)s has this number already. Look for it in the list.", school=other)}
    return references.pattern_wrong(values)


def _complete(_row_id: int | None, values: dict[str, Any]) -> dict[str, Any]:
    pattern = references.chosen_pattern(values)
    return {"reference_pattern": pattern, "search": fold_letters(values["name"])[:120]}


def _beside(row_id: int) -> dict[str, Any]:
    return references.pattern_beside(audited_rows.known(School, row_id).reference_pattern)


def _more(row: Model) -> dict[str, Any]:
    school = cast(School, row)
    coming, past = lists.visits_of_school(school.id, clock.now())
    return {
        "coming": coming,
        "past": past,
        "agreements": agreements_for(facts_of(school)),
        "deeds": deeds(f"school:{school.id}", _fields(None)),
        "pattern_said": references.pattern_said(school.reference_pattern),
    }


join(
    Register(
        key="schools",
        what="school",
        table=School,
        title_new=lambda: _("New school"),
        title_one=lambda row: cast(School, row).name,
        fields=_fields,
        home=lambda _row: url_for("admin.schools"),
        saved=lambda row_id: url_for("admin.schools_one", row_id=row_id),
        complete=_complete,
        wrong=_wrong,
        afterwards=lambda row_id, _values: edits.follow_school(row_id, this_school_year()),
        beside=_beside,
        defaults=lambda: {"kind": SchoolKind.SCHOOL, "known": True, "active": True, "pattern": references.ANY},
        more=_more,
        template="admin/school.html",
        quiet=("email",),
        removable=False,
        lookers=LOOKERS,
        tries=references.tried,
    )
)
