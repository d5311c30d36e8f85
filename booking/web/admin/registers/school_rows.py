"""Schools and kindergartens that the centre knows, and those that teachers have written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.agreements.models import Agreement, School, SchoolKind
from booking.agreements.payers import agreements_for, facts_of
from booking.agreements.queries import school_with_number
from booking.bookings.search_words import fold_letters
from booking.kernel import clock
from booking.records import audited_rows
from booking.registry import edits, lists
from booking.visits.read import VisitRow
from booking.web.admin.bookings.schools import LOOKERS, kind_names, this_school_year
from booking.web.admin.registers import reference_fields as references
from booking.web.forms.chosen_fields import EnumField, YesField
from booking.web.forms.entry import Trial
from booking.web.forms.fields import EmailField, Field, TextField
from booking.web.forms.filled import Filled, Values
from booking.web.forms.row_history import Deed, deeds
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join


@dataclass(frozen=True, slots=True)
class AboutSchool:
    """A school's visits, its agreements, and what has been done to it."""

    coming: Sequence[VisitRow]
    past: Sequence[VisitRow]
    agreements: Sequence[Agreement]
    deeds: Sequence[Deed]
    pattern_said: str


class SchoolRegister(Register[School]):
    """One school a row. Visits keep theirs, so that none is taken away."""

    key = "schools"
    what = "school"
    table = School
    template = "admin/school.html"
    quiet = ("email",)
    lookers = LOOKERS
    is_removable = False
    can_be_tried = True

    def title_of_new(self) -> str:
        """Above the form of a new school."""
        return str(_("New school"))

    def title_of(self, row: School) -> str:
        """The school's name."""
        return row.name

    def home(self, _row: School | None) -> str:
        """The list of schools."""
        return url_for("admin.schools")

    def saved(self, row_id: int) -> str:
        """The school's own page, with its visits."""
        return url_for("admin.schools_one", row_id=row_id)

    def defaults(self) -> Values:
        """A school that is known and may book, under any reference."""
        return {"kind": SchoolKind.SCHOOL, "known": True, "active": True, "pattern": references.ANY}

    def fields(self, _row: School | None) -> list[Field]:
        """What the school is, how it stands with us, and how its references look."""
        return [*_school(), *_standing(), *references.pattern_fields()]

    def beside(self, row_id: int) -> Values:
        """How its references look, as the form asks for it."""
        return references.pattern_beside(audited_rows.known(School, row_id).reference_pattern)

    def wrong(self, values: Values, row_id: int | None) -> dict[str, str]:
        """An organisation number that another school has; a pattern that cannot be."""
        number = values["org_number"]
        if number and (other := school_with_number(number, row_id or 0)) is not None:
            return {"org_number": _("%(school)s has this number already. Look for it in the list.", school=other)}
        return references.pattern_wrong(values)

    def tried(self, filled: Filled) -> Trial:
        """How a reference is read with the pattern that was typed."""
        return references.tried(filled)

    def worked_out(self, _row_id: int | None, values: Values) -> Values:
        """The pattern that was chosen, and the name as it is looked for."""
        pattern = references.chosen_pattern(values)
        return {"reference_pattern": pattern, "search": fold_letters(values["name"])[:120]}

    def afterwards(self, row_id: int, _values: Values) -> None:
        """Visits to come follow it."""
        edits.follow_school(row_id, this_school_year())

    def about(self, row: School) -> AboutSchool:
        """Its visits, the agreements that pay for it, and what has been done to it."""
        coming, past = lists.visits_of_school(row.id, clock.now())
        return AboutSchool(
            coming,
            past,
            agreements_for(facts_of(row)),
            deeds(f"school:{row.id}", self.new_fields()),
            references.pattern_said(row.reference_pattern),
        )


def _school() -> list[Field]:
    kinds = list(kind_names().items())
    decides = _("Written as in the agreements: it decides which of them hold.")
    return [
        TextField("name", pgettext("of a thing", "Name"), most=120, heading=_("The school")),
        EnumField("kind", _("Kind"), choices=kinds, kind=SchoolKind),
        references.org_number_field(),
        TextField("municipality", _("Municipality"), most=60, hint=decides),
        EmailField("email", _("Email"), most=254, required=False),
    ]


def _standing() -> list[Field]:
    known = _("For schools that you know. Teachers find them by name.")
    gone = _("Otherwise teachers do not find it. Visits stay.")
    return [
        YesField("known", _("Agreements hold without a code"), hint=known),
        YesField("active", _("The school is there"), hint=gone),
    ]


join(SchoolRegister())
