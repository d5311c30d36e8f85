"""Agreements: what a municipality or county pays for its schools, for whom, how much, and the code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from booking.agreements.heads import HeadsRule
from booking.agreements.models import Agreement, SchoolKind
from booking.agreements.municipalities import EVERYWHERE
from booking.agreements.prices import Pays, VisitKind
from booking.agreements.queries import payer_with_code
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.refusals import Refusal
from booking.records import audited_rows
from booking.registry import edits, lists
from booking.registry.edits import BelowUsed, Limit
from booking.visits.read import VisitRow
from booking.web.addresses import public_address
from booking.web.admin.bookings.schools import LOOKERS, kind_names, this_school_year
from booking.web.admin.registers import reference_fields as references
from booking.web.admin.set_up.heads_words import heads_rule_names
from booking.web.forms.chosen_fields import ChoiceField, EnumField, NumberChoiceField, SeveralField, YesField
from booking.web.forms.entry import Trial
from booking.web.forms.fields import DayField, Field, MoneyField, TextField, WholeField
from booking.web.forms.filled import Filled, Values
from booking.web.forms.row_history import Deed, deeds
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.languages import centre
from booking.web.refusals import sentence
from booking.web.teacher.sentences import grade_words, visit_kind_words
from booking.web.typed import Wrong

PLACE, ALL, CODE = "place", "all", "code"


@dataclass(frozen=True, slots=True)
class AboutAgreement:
    """What is left of an agreement, its schools and visits, what to hand out, and what has been done to it.

    `used` is (school year, visits, pupils), the latest first.
    """

    used: Sequence[tuple[int, int, int]]
    coming: Sequence[VisitRow]
    past: Sequence[VisitRow]
    schools: int
    link: str
    deeds: Sequence[Deed]
    pattern_said: str
    everywhere: str = EVERYWHERE


class AgreementRegister(Register[Agreement]):
    """One agreement a row. It is stopped and never taken away: visits stand on it."""

    key = "agreements"
    what = "agreement"
    table = Agreement
    template = "admin/agreement.html"
    quiet = ("code", "secret")
    lookers = LOOKERS
    is_removable = False
    can_be_tried = True

    def title_of_new(self) -> str:
        """Above the form of a new agreement."""
        return str(_("New agreement"))

    def title_of(self, row: Agreement) -> str:
        """Who pays."""
        return row.payer

    def home(self, _row: Agreement | None) -> str:
        """The list of agreements."""
        return url_for("admin.agreements")

    def saved(self, row_id: int) -> str:
        """The agreement's own page, with what was used of it."""
        return url_for("admin.agreements_one", row_id=row_id)

    def defaults(self) -> Values:
        """The payer pays all, for the schools of one municipality, under any reference."""
        return {
            "pays": Pays.ALL,
            "percent": 100,
            "reach": PLACE,
            "active": True,
            "pattern": references.ANY,
            "floor_percent": 80,
        }

    def fields(self, _row: Agreement | None) -> list[Field]:
        """Who pays what, for whom, for what, how long and how much at most, with its code and references."""
        return [
            *_who_pays(),
            *_what_they_pay(),
            *_for_whom(),
            *_for_what(),
            *_how_long(),
            *_how_much(),
            *_which_number(),
            _shared_code(),
            *references.pattern_fields(),
        ]

    def beside(self, row_id: int) -> Values:
        """Whom it reaches, and how its references look: several fields to one column."""
        row = audited_rows.known(Agreement, row_id)
        reach = {"": CODE, EVERYWHERE: ALL}.get(row.municipality, PLACE)
        place = row.municipality if reach == PLACE else ""
        return references.pattern_beside(row.reference_pattern) | {"reach": reach, "municipality": place}

    def wrong(self, values: Values, row_id: int | None) -> dict[str, str]:
        """Days in the wrong order, sums and reaches that do not go together, a code that another payer has."""
        wrong = references.pattern_wrong(values) | _wrong_sums(values) | _wrong_reach(values)
        if values["from_date"] and values["until_date"] and values["from_date"] > values["until_date"]:
            wrong["until_date"] = _("It ends before it begins.")
        if values["code"] and (payer := payer_with_code(values["code"], row_id or 0)) is not None:
            wrong["code"] = _("The agreement with %(payer)s has this code.", payer=payer)
        return wrong

    def tried(self, filled: Filled) -> Trial:
        """How a reference is read with the pattern that was typed."""
        return references.tried(filled)

    def worked_out(self, row_id: int | None, values: Values) -> Values:
        """What the form leaves open."""
        worked_out: Values = {
            "municipality": {PLACE: values["municipality"], ALL: EVERYWHERE, CODE: ""}[values["reach"]],
            "kinds": values["kinds"] or None,
            "percent": 100 if values["percent"] is None else values["percent"],
            "each": values["each"] or 0,
            "floor_percent": 80 if values["floor_percent"] is None else values["floor_percent"],
            "code": values["code"] or edits.new_code(values["payer"]),
            "reference_pattern": references.chosen_pattern(values),
        }
        return worked_out | ({"secret": new_secret()} if row_id is None else {})

    def afterwards(self, row_id: int, _values: Values) -> None:
        """Its limits hold for this school year. Raises BelowUsed."""
        edits.follow_limits(row_id, this_school_year())

    def refused(self, refusal: Refusal) -> dict[str, str]:
        """A limit lower than what is used already, beside the field of the limit."""
        return {str(refusal.limit): sentence(refusal).text} if isinstance(refusal, BelowUsed) else {}

    def about(self, row: Agreement) -> AboutAgreement:
        """What was used of it in each school year, its visits, its schools, and the link with its code."""
        year = this_school_year()
        coming, past = lists.visits_of_agreement(row.id, clock.now())
        used = lists.used_by_year(row.id, year)
        return AboutAgreement(
            used=used if used and used[0][0] == year else [(year, 0, 0), *used],
            coming=coming,
            past=past,
            schools=lists.schools_under(row),
            link=public_address("teacher.agreement", lang=centre().languages[0], secret=row.secret),
            deeds=deeds(f"agreement:{row.id}", self.new_fields()),
            pattern_said=references.pattern_said(row.reference_pattern),
        )


class AgreementCodeField(TextField):
    """The code of an agreement, long enough that nobody guesses it; "" for one that is to be made."""

    __slots__ = ()

    def value_of(self, text: str) -> str:
        """The code without what people write between its letters; Wrong when it is easily guessed."""
        code = edits.read_code(text)
        if code and len(code) < edits.SHORTEST_CODE:
            raise Wrong(_("At least %(least)s characters, so that nobody guesses it.", least=edits.SHORTEST_CODE))
        return code


def _who_pays() -> list[Field]:
    return [
        TextField("payer", _("Who pays"), most=120, heading=_("The payer")),
        references.org_number_field(),
    ]


def _what_they_pay() -> list[Field]:
    ways = [
        (Pays.ALL, _("Everything")),
        (Pays.SHARE, _("A share of the price")),
        (Pays.PER_PUPIL, _("A fixed sum a pupil")),
        (Pays.PER_GROUP, _("A fixed sum a class")),
    ]
    rest = _("What they do not pay, the school does. Visits that are booked keep what was agreed then.")
    stopped = _("Otherwise it is stopped: nothing more is booked under it.")
    return [
        EnumField("pays", _("What they pay"), choices=ways, kind=Pays, hint=rest),
        WholeField("percent", _("The share"), most=100, required=False, unit="%"),
        MoneyField("each", _("The fixed sum"), required=False, unit=centre().currency),
        YesField("active", _("It holds"), hint=stopped),
    ]


def _for_whom() -> list[Field]:
    reach = [
        (PLACE, _("Schools in the municipality below")),
        (ALL, _("All schools that we know")),
        (CODE, _("Only those who type the code")),
    ]
    kinds, written = list(kind_names().items()), _("Written as in the list of schools.")
    return [
        ChoiceField("reach", _("Who has it"), choices=reach, stored=False, heading=_("For whom")),
        TextField("municipality", _("Municipality"), most=60, required=False, hint=written),
        EnumField("school_kind", _("Kind of school"), choices=kinds, kind=SchoolKind, required=False),
    ]


def _for_what() -> list[Field]:
    grades = [(str(grade), grade_words(grade)) for grade in range(14)]
    kinds = [(str(kind), visit_kind_words(kind)) for kind in VisitKind]
    another = _("Another price for other grades is another agreement.")
    everything = _("None chosen: for everything that schools book.")
    return [
        NumberChoiceField("grade_from", _("From grade"), choices=grades, required=False, hint=another),
        NumberChoiceField("grade_to", _("To grade"), choices=grades, required=False),
        SeveralField("kinds", _("For what"), choices=kinds, required=False, hint=everything),
    ]


def _how_long() -> list[Field]:
    return [
        DayField("from_date", _("Visits from"), required=False, heading=_("How long and how much")),
        DayField("until_date", _("Visits until"), required=False, hint=_("The last day.")),
    ]


def _how_much() -> list[Field]:
    empty = _("Empty: no limit.")
    of_each = _("Visits of each class a school year")
    return [
        WholeField(Limit.VISITS, _("Class visits a school year"), most=1_000_000, required=False, hint=empty),
        WholeField(Limit.PUPILS, _("Pupils a school year"), most=1_000_000, required=False, hint=empty),
        WholeField(Limit.CLASS, of_each, least=1, most=100, required=False, hint=empty),
    ]


def _which_number() -> list[Field]:
    usual, share = _("None chosen: as the centre's rules for schools say."), _("The share of the booked")
    rules = heads_rule_names()
    return [
        EnumField(
            "heads_rule", _("A class is billed"), choices=rules, kind=HeadsRule, required=False, hint=usual,
            heading=_("How many heads"),
        ),
        WholeField("floor_percent", share, most=100, required=False, unit="%", hint=_("For a floor.")),
    ]  # fmt: skip


def _shared_code() -> Field:
    hint = _("For schools that do not have it without. Empty: one is made that nobody guesses.")
    return AgreementCodeField(
        "code", _("Code"), most=edits.LONGEST_CODE, required=False, heading=_("The code"), hint=hint
    )


def _wrong_sums(values: Values) -> dict[str, str]:
    wrong = {}
    if values["pays"] is Pays.SHARE and values["percent"] is None:
        wrong["percent"] = _("Fill this in.")
    if values["pays"] in (Pays.PER_PUPIL, Pays.PER_GROUP) and values["each"] is None:
        wrong["each"] = _("Fill this in.")
    return wrong


def _wrong_reach(values: Values) -> dict[str, str]:
    wrong = {}
    if values["reach"] == PLACE and not values["municipality"]:
        wrong["municipality"] = _("Enter the municipality.")
    first, last = values["grade_from"], values["grade_to"]
    if (first is None) != (last is None) or (first is not None and first > last):
        wrong["grade_to"] = _("Choose both grades, the lower one first, or neither.")
    return wrong


join(AgreementRegister())
