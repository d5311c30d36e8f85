"""Book the plan that was chosen: which school, who answers, who pays what; then all of it at once or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from booking.agreements.heads import AS_BOOKED, HeadsTerms
from booking.agreements.models import SchoolKind
from booking.agreements.payers import (
    CodeUnknown,
    SchoolFacts,
    agreement_with_code,
    find_schools,
    school_by_id,
    school_by_number,
)
from booking.agreements.prices import Bill
from booking.agreements.rules import NoSchools, load_rules
from booking.agreements.terms import TermsToday
from booking.bookings.details import Contact
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.planner.plans import Plan
from booking.programmes.offered import programmes
from booking.programmes.shows import shows_for_schools
from booking.releases.openings import NotYetReleased, OthersFirst, ReleaseFacts, openings_of_plan
from booking.visits.agree import bill_for
from booking.visits.book import VisitOrder, book_visit, ready_for, standing_before
from booking.visits.lines import kind_of, slots_of
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.forms.checked import one_line
from booking.web.guards.access import public
from booking.web.guards.network import holder
from booking.web.languages import centre, language, wording
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.paying import Payers, find_payers, read_contact, read_number, read_reference, read_seen
from booking.web.teacher.proof import is_proven
from booking.web.teacher.rebook import of_visit
from booking.web.teacher.releases.wish import keep_as_wish
from booking.web.teacher.sentences import said
from booking.web.teacher.tokens import open_plan
from booking.web.typed import identity

FIELDS = {
    "school_q": 80, "school_name": 120, "org_number": 30, "municipality": 60, "kind": 20, "code": 40, "name": 120,
    "email": 254, "on_the_day": 120, "mobile": 40, "order_number": 60, "invoice_reference": 60, "needs": 400,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookPage:
    """The form that books a plan: who comes, who pays, what it costs to cancel."""

    plan: Plan
    sealed: str
    titles: dict[int, str]
    form: BookingForm
    typed: dict[str, str]
    errors: dict[str, str]
    problem: RefusalAnswer | None
    payers: Payers | None
    there: TermsToday | None
    heads: HeadsTerms  # as the centre says
    is_request: bool
    held: str
    opening: ReleaseFacts | None
    can_prepare: bool


@dataclass
class BookingForm:
    """All that was typed, and what is wrong with it by field."""

    typed: dict[str, str]
    school: SchoolFacts | None = None
    found: list[SchoolFacts] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    payers: Payers | None = None


@teacher.post("/school/visit")
@limiter.limit("60 per hour")
@public
def book() -> ResponseReturnValue:
    """The page with everything that belongs to a booking; pressed "book", the booking itself."""
    plan = open_plan(request.form.get("plan", ""), str(current_app.secret_key))
    if plan is None:
        return _too_old()
    form = BookingForm({name: one_line(request.form.get(name))[:most] for name, most in FIELDS.items()})
    if not _fill_in_again(form):
        _find_school(form)
    problem = _find_payers(form, plan)
    if request.form.get("step") != "book":
        form.errors = {name: text for name, text in form.errors.items() if form.typed.get(name)}
        return _page(plan, form, problem, problem.status if problem else 200)
    contact = read_contact(form.typed, form.errors)
    reference = read_reference(form.typed, form.errors, form.payers.pattern if form.payers else "")
    if form.school is None:
        form.errors.setdefault("school_q", _("Choose your school, or enter it below."))
    if problem is not None or form.errors or form.school is None or contact is None:
        return _page(plan, form, problem, 422)
    return _book(_order(plan, form, form.school, contact, reference), form)


def _order(plan: Plan, form: BookingForm, school: SchoolFacts, contact: Contact, reference: str) -> VisitOrder:
    return VisitOrder(
        plan=plan,
        school=school,
        contact=contact,
        lang=language(),
        code=form.typed["code"],
        on_the_day=form.typed["on_the_day"] or contact.name,
        mobile=contact.phone,
        order_number=form.typed["order_number"],
        invoice_reference=reference,
        seen=read_seen(request.form.get("seen", "")),
        held=_held(),
        holder=holder(),
        proven=is_proven(contact.email),
    )


def _book(order: VisitOrder, form: BookingForm) -> ResponseReturnValue:
    """Book it, keep it as a wish until its release opens, or say why not."""
    try:
        now = clock.now()
        ready = ready_for(order, centre(), now)
        with unit_of_work():
            booked = book_visit(order, centre=centre(), now=now, ready=ready)
    except (NotYetReleased, OthersFirst) as refusal:
        return _keep_as_wish(order, refusal, form)
    except Refusal as refusal:
        answer = said(refusal)
        _find_payers(form, order.plan)
        return _page(order.plan, form, answer, answer.status)
    return redirect(url_for("teacher.visit", secret=booked.secret), 303)


def _keep_as_wish(order: VisitOrder, refusal: NotYetReleased | OthersFirst, form: BookingForm) -> ResponseReturnValue:
    try:
        return keep_as_wish(order, refusal.release, refusal)
    except Refusal as reason:
        answer = said(reason)
        _find_payers(form, order.plan)
        return _page(order.plan, form, answer, answer.status)


@teacher.post("/school/code")
@limiter.limit("20 per hour")
@public
def check_code() -> ResponseReturnValue:
    """Whether an agreement has this code, said while it is typed."""
    try:
        agreement = agreement_with_code(one_line(request.form.get("code")))
    except CodeUnknown as refusal:
        return {"good": False, "text": said(refusal).text}, 404
    return {"good": True, "text": _("Agreement with %(payer)s.", payer=agreement.payer)}


def _fill_in_again(form: BookingForm) -> bool:
    """Whether it is the same visit again: then what was written for the last one stands in the form."""
    if "step" in request.form or not request.form.get("again"):
        return False
    form.school = of_visit(request.form["again"], form.typed)
    return form.school is not None


def _find_school(form: BookingForm) -> None:
    """The school that was chosen, or what fits what was typed, or the one written out."""
    typed = form.typed
    if request.form.get("step") == "other":
        typed["school_q"] = typed["school_name"] = ""
        return
    chosen = identity(request.form.get("school"))
    form.school = school_by_id(chosen) if chosen else None
    if form.school is not None:
        return
    if typed["school_q"]:
        form.found = wording().in_order(find_schools(typed["school_q"]), lambda school_facts: school_facts.name)
        if len(form.found) == 1:
            form.school = form.found[0]
            return
        if not form.found and not typed["school_name"]:
            form.errors["school_q"] = _("We do not know that school. Enter it below.")
    if typed["school_name"]:
        form.school = _written_out(form)


def _written_out(form: BookingForm) -> SchoolFacts | None:
    typed = form.typed
    number = read_number(typed, form.errors)
    if "org_number" in form.errors:
        return None
    known = school_by_number(number) if number else None
    if known is not None:
        return known
    if not typed["municipality"]:
        form.errors["municipality"] = _("Enter the municipality.")
        return None
    kind = SchoolKind(typed["kind"]) if typed["kind"] in set(SchoolKind) else SchoolKind.SCHOOL
    return SchoolFacts(None, typed["school_name"], number, typed["municipality"], kind, "", known=False)


def _find_payers(form: BookingForm, plan: Plan) -> RefusalAnswer | None:
    """Who would pay what, once the school is known."""
    school = form.school
    if school is None:
        return None

    def owed(code: str) -> Bill:
        return bill_for(plan.groups, plan.arrives_at, school, code, centre(), kind=kind_of(plan))

    try:
        form.payers = find_payers(school, form.typed, form.errors, owed)
    except Refusal as refusal:
        return said(refusal)
    return None


def _standing(plan: Plan) -> TermsToday | None:
    """What cancelling would cost if this were booked now; None where schools cannot book."""
    try:
        return standing_before(plan, centre(), clock.now())
    except NoSchools:
        return None


def _heads() -> HeadsTerms:
    """By which number a class is billed unless its agreement says otherwise."""
    try:
        return load_rules().heads
    except NoSchools:
        return AS_BOOKED


def _held() -> str:
    """The places that the waiting list keeps, if the form says so."""
    secret = request.form.get("held", "")
    return secret if is_secret(secret) else ""


def _page(
    plan: Plan, form: BookingForm, problem: RefusalAnswer | None = None, status: int = 200
) -> ResponseReturnValue:
    now = clock.now()
    opening = openings_of_plan(plan, now).of_plan(plan, now)
    page = render_template(
        "teacher/book.html",
        page=BookPage(
            plan=plan,
            sealed=request.form.get("plan", ""),
            titles=_titles(plan),
            form=form,
            typed=form.typed,
            errors=form.errors,
            problem=problem,
            payers=form.payers,
            there=_standing(plan),
            heads=_heads(),
            is_request=slots_of(plan).wants_a_yes,
            held=_held(),
            opening=opening,
            can_prepare=opening is not None and opening.can_prepare(now),
        ),
    )
    return page, status


def _titles(plan: Plan) -> dict[int, str]:
    """What is held, by activity."""
    seen = {show_id for group in plan.groups for show_id in group.shows or ()}
    titles = {programme.activity_id: wording().words(programme.title) for programme in programmes()}
    shows = shows_for_schools(seen) if seen else []
    return titles | {show.activity_id: wording().words(show.title) for show in shows}


def _too_old() -> ResponseReturnValue:
    return render_template("teacher/too_old.html"), 410
