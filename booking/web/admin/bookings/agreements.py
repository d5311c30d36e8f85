"""Agreements: what is left of each this school year; make, change, stop; codes and the link for the payer's contact."""

from __future__ import annotations

from typing import Any, cast

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.models import Agreement, SchoolKind
from booking.agreements.municipalities import EVERYWHERE
from booking.agreements.prices import Pays, VisitKind
from booking.agreements.queries import payer_with_code
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.collation import order_key
from booking.kernel.database import Model, unit_of_work
from booking.kernel.refusals import Refusal
from booking.records import audited_rows
from booking.registry import edits, lists
from booking.registry.edits import BelowUsed, Limit
from booking.staff.models import Role
from booking.web.addresses import public_address
from booking.web.admin import admin
from booking.web.admin.bookings import reference_fields as references
from booking.web.admin.bookings.schools import LOOKERS, kind_names, this_school_year
from booking.web.forms.fields import Field, FieldKind
from booking.web.forms.row_history import deeds
from booking.web.forms.row_lists import Register, join
from booking.web.guards.access import staff, who
from booking.web.languages import centre, language, wording
from booking.web.refusals import sentence
from booking.web.teacher.sentences import grade_words, visit_kind_words
from booking.web.typed import Wrong

PLACE, ALL, CODE = "place", "all", "code"


@admin.get("/agreements")
@staff(*LOOKERS)
def agreements() -> str:
    """All of them, with what is left this school year."""
    year = this_school_year()
    agreement_rows = lists.agreements(year)
    return render_template(
        "admin/agreements.html",
        agreements=sorted(agreement_rows, key=lambda one: (not one.active, order_key(one.payer, language()))),
        year=year,
        pays=pays_words,
        grades=_grades,
        everywhere=EVERYWHERE,
        today=centre().local(clock.now()).date(),
        may_change=who().role is Role.ADMIN,
    )


@admin.post("/agreements/<int:row_id>/code")
@staff()
def new_agreement_code(row_id: int) -> ResponseReturnValue:
    """Another code."""
    return _renew(row_id, edits.renew_code, _("There is a new code. The old one no longer counts."))


@admin.post("/agreements/<int:row_id>/link")
@staff()
def new_agreement_link(row_id: int) -> ResponseReturnValue:
    """Another link for the payer's contact."""
    return _renew(row_id, edits.renew_link, _("There is a new link. The old one opens nothing any more."))


def _renew(row_id: int, renew: Any, words: str) -> ResponseReturnValue:  # noqa: ANN401  (one of two functions)
    with unit_of_work():
        done = row_id < 10**18 and renew(row_id, who().actor)
    if not done:
        abort(404)
    flash(words)
    return redirect(url_for("admin.agreements_one", row_id=row_id, _anchor="share"), 303)


def pays_words(one: Agreement | lists.AgreementRow) -> str:
    """What a payer pays."""
    match one.pays:
        case Pays.ALL:
            return str(_("Everything"))
        case Pays.SHARE:
            return str(_("%(percent)s %% of it", percent=one.percent))
        case Pays.PER_PUPIL:
            return str(_("%(sum)s a pupil", sum=wording().money(one.each, centre().currency)))
        case Pays.PER_GROUP:
            return str(_("%(sum)s a class", sum=wording().money(one.each, centre().currency)))


def _grades(agreement_row: lists.AgreementRow) -> str:
    if (
        agreement_row.grade_from is None
        or agreement_row.grade_to is None
        or (agreement_row.grade_to == 0 and agreement_row.school_kind)
    ):
        return ""
    first, last = grade_words(agreement_row.grade_from), grade_words(agreement_row.grade_to)
    return first if first == last else f"{first}–{last}"


def _fields(_row: Model | None) -> list[Field]:
    return [*_who_pays(), *_for_whom(), *_how_much(), *_sharing(), *references.pattern_fields()]


def _who_pays() -> list[Field]:
    unit = centre().currency
    pays = [
        (Pays.ALL, _("Everything")),
        (Pays.SHARE, _("A share of the price")),
        (Pays.PER_PUPIL, _("A fixed sum a pupil")),
        (Pays.PER_GROUP, _("A fixed sum a class")),
    ]
    return [
        Field("payer", _("Who pays"), most=120, heading=_("The payer")),
        references.org_number_field(),
        Field(
            "pays",
            _("What they pay"),
            FieldKind.CHOICE,
            choices=pays,
            convert=Pays,
            hint=_("What they do not pay, the school does. Visits that are booked keep what was agreed then."),
        ),
        Field("percent", _("The share"), FieldKind.WHOLE, most=100, required=False, unit="%"),
        Field("each", _("The fixed sum"), FieldKind.MONEY, required=False, unit=unit),
        Field(
            "active", _("It holds"), FieldKind.YES, hint=_("Otherwise it is stopped: nothing more is booked under it.")
        ),
    ]


def _for_whom() -> list[Field]:
    grades = [(str(grade), grade_words(grade)) for grade in range(14)]
    reach = [
        (PLACE, _("Schools in the municipality below")),
        (ALL, _("All schools that we know")),
        (CODE, _("Only those who type the code")),
    ]
    return [
        Field("reach", _("Who has it"), FieldKind.CHOICE, choices=reach, stored=False, heading=_("For whom")),
        Field("municipality", _("Municipality"), most=60, required=False, hint=_("Written as in the list of schools.")),
        Field(
            "school_kind",
            _("Kind of school"),
            FieldKind.CHOICE,
            choices=list(kind_names().items()),
            convert=SchoolKind,
            required=False,
        ),
        Field(
            "grade_from",
            _("From grade"),
            FieldKind.CHOICE,
            choices=grades,
            convert=int,
            required=False,
            hint=_("Another price for other grades is another agreement."),
        ),
        Field("grade_to", _("To grade"), FieldKind.CHOICE, choices=grades, convert=int, required=False),
        Field(
            "kinds",
            _("For what"),
            FieldKind.SEVERAL,
            choices=[(str(kind), visit_kind_words(kind)) for kind in VisitKind],
            required=False,
            hint=_("None chosen: for everything that schools book."),
        ),
    ]


def _how_much() -> list[Field]:
    empty = _("Empty: no limit.")
    return [
        Field("from_date", _("Visits from"), FieldKind.DATE, required=False, heading=_("How long and how much")),
        Field("until_date", _("Visits until"), FieldKind.DATE, required=False, hint=_("The last day.")),
        Field(
            Limit.VISITS, _("Class visits a school year"), FieldKind.WHOLE, most=1_000_000, required=False, hint=empty
        ),
        Field(Limit.PUPILS, _("Pupils a school year"), FieldKind.WHOLE, most=1_000_000, required=False, hint=empty),
        Field(
            Limit.CLASS, _("Visits of each class a school year"), FieldKind.WHOLE, least=1, most=100, required=False,
            hint=empty,
        ),
    ]  # fmt: skip


def _sharing() -> list[Field]:
    return [
        Field(
            "code",
            _("Code"),
            most=edits.LONGEST_CODE,
            required=False,
            convert=_code,
            heading=_("The code"),
            hint=_("For schools that do not have it without. Empty: one is made that nobody guesses."),
        ),
    ]


def _code(said: str) -> str:
    code = edits.read_code(said)
    if code and len(code) < edits.SHORTEST_CODE:
        raise Wrong(_("At least %(least)s characters, so that nobody guesses it.", least=edits.SHORTEST_CODE))
    return code


def _wrong(values: dict[str, Any]) -> dict[str, str]:
    wrong = references.pattern_wrong(values)
    if values["pays"] is Pays.SHARE and values["percent"] is None:
        wrong["percent"] = _("Fill this in.")
    if values["pays"] in (Pays.PER_PUPIL, Pays.PER_GROUP) and values["each"] is None:
        wrong["each"] = _("Fill this in.")
    if values["reach"] == PLACE and not values["municipality"]:
        wrong["municipality"] = _("Write the municipality.")
    first, last = values["grade_from"], values["grade_to"]
    if (first is None) != (last is None) or (first is not None and first > last):
        wrong["grade_to"] = _("Choose both grades, the lower one first, or neither.")
    if values["from_date"] and values["until_date"] and values["from_date"] > values["until_date"]:
        wrong["until_date"] = _("It ends before it begins.")
    row_id = (request.view_args or {}).get("row_id", 0)
    if values["code"] and (payer := payer_with_code(values["code"], row_id)) is not None:
        wrong["code"] = _("The agreement with %(payer)s has this code.", payer=payer)
    return wrong


def _complete(row_id: int | None, values: dict[str, Any]) -> dict[str, Any]:
    place = {PLACE: values["municipality"], ALL: EVERYWHERE, CODE: ""}[values["reach"]]
    worked_out: dict[str, Any] = {
        "municipality": place,
        "kinds": values["kinds"] or None,
        "percent": 100 if values["percent"] is None else values["percent"],
        "each": values["each"] or 0,
        "code": values["code"] or edits.new_code(values["payer"]),
        "reference_pattern": references.chosen_pattern(values),
    }
    return worked_out | ({"secret": new_secret()} if row_id is None else {})


def _beside(row_id: int) -> dict[str, Any]:
    row = audited_rows.known(Agreement, row_id)
    reach = {"": CODE, EVERYWHERE: ALL}.get(row.municipality, PLACE)
    place = row.municipality if reach == PLACE else ""
    return references.pattern_beside(row.reference_pattern) | {"reach": reach, "municipality": place}


def _refused(refusal: Refusal) -> dict[str, str]:
    if not isinstance(refusal, BelowUsed):
        return {}
    return {str(refusal.limit): sentence(refusal).text}


def _more(row: Model) -> dict[str, Any]:
    agreement = cast(Agreement, row)
    year = this_school_year()
    coming, past = lists.visits_of_agreement(agreement.id, clock.now())
    used = lists.used_by_year(agreement.id, year)
    return {
        "agreement": agreement,
        "used": used if used and used[0][0] == year else [(year, 0, 0), *used],
        "coming": coming,
        "past": past,
        "schools": lists.schools_under(agreement),
        "link": public_address("teacher.agreement", lang=centre().languages[0], secret=agreement.secret),
        "deeds": deeds(f"agreement:{agreement.id}", _fields(None)),
        "pattern_said": references.pattern_said(agreement.reference_pattern),
        "everywhere": EVERYWHERE,
    }


join(
    Register(
        key="agreements",
        what="agreement",
        table=Agreement,
        title_new=lambda: _("New agreement"),
        title_one=lambda row: cast(Agreement, row).payer,
        fields=_fields,
        home=lambda _row: url_for("admin.agreements"),
        saved=lambda row_id: url_for("admin.agreements_one", row_id=row_id),
        complete=_complete,
        wrong=_wrong,
        afterwards=lambda row_id, _values: edits.follow_limits(row_id, this_school_year()),
        beside=_beside,
        defaults=lambda: {"pays": Pays.ALL, "percent": 100, "reach": PLACE, "active": True, "pattern": references.ANY},
        more=_more,
        template="admin/agreement.html",
        quiet=("code", "secret"),
        removable=False,
        lookers=LOOKERS,
        tries=references.tried,
        refused=_refused,
    )
)
