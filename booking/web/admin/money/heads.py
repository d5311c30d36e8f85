"""How many heads of a visit are billed: what was booked and counted, a count told later, and a decision by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.heads import ClassHeads
from booking.history import log
from booking.invoicing.heads import stands_on_invoice
from booking.invoicing.queries import invoices_of
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.reckoning.reckon import (
    LONGEST_REASON,
    MOST_OF_CLASS,
    NotReckoned,
    Reckonable,
    as_counted,
    count_days,
    reckon_by_hand,
    tell_count,
    waits_until,
)
from booking.reports.names import actors
from booking.staff.models import Role
from booking.web.admin.set_up.heads_words import heads_rule_names
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.typed import sum_shown, whole_number

CAME = "came-"


@dataclass(frozen=True, slots=True)
class TypedHeads:
    """What was typed of classes by their place, and why."""

    pupils: Mapping[int, str] = field(default_factory=dict)
    adults: Mapping[int, str] = field(default_factory=dict)
    reason: str = ""
    prefix: str = ""  # of the names of its fields, since there are two forms on the page

    def heads(self) -> dict[int, ClassHeads | None]:
        """What it says of each class; None where it is no number."""
        return {place: self._of(place) for place in self.pupils}

    def _of(self, place: int) -> ClassHeads | None:
        pupils, adults = (
            whole_number(typed[place], 0, MOST_OF_CLASS) for typed in (self.pupils, self.adults)
        )  # fmt: skip
        return None if pupils is None or adults is None else ClassHeads(pupils, adults)

    def errors(self, *, by_hand: bool) -> dict[str, str]:
        """A sentence for each field that is wrong."""
        wrong, number = {}, _("Enter a whole number from 0 to %(most)s.", most=MOST_OF_CLASS)
        for place in self.pupils:
            for name, typed in (("pupils", self.pupils), ("adults", self.adults)):
                if whole_number(typed[place], 0, MOST_OF_CLASS) is None:
                    wrong[f"{self.prefix}{name}-{place}"] = number
        if by_hand and not 0 < len(self.reason) <= LONGEST_REASON:
            wrong["reason"] = _("Say why, in at most %(most)s characters.", most=LONGEST_REASON)
        return wrong


@dataclass(frozen=True, slots=True)
class HeadsRow:
    """A class: who was booked, counted (None: nobody counted it) and is billed, and by which rule."""

    place: int
    name: str
    booked: ClassHeads
    counted: ClassHeads | None
    together: bool
    billed: ClassHeads
    rule: str


@dataclass(frozen=True, slots=True)
class HeadsPage:
    """A visit whose heads are decided on. `total` in minor units; `asked` are the places without a count.

    `decided_by` is who decided, "" when nobody has; `until` the day on which it is billed as booked without a count.
    """

    booking_id: int
    visit: Reckonable
    rows: Sequence[HeadsRow]
    total: int
    decided_by: str
    until: str
    invoices: Sequence[tuple[int, int]]
    is_invoiced: bool
    may_decide: bool
    typed: TypedHeads
    told: TypedHeads
    errors: Mapping[str, str]
    refused: str

    @property
    def labels(self) -> dict[str, str]:
        """What each field is called where its errors are listed."""
        words = {"pupils": _("Pupils"), "adults": _("Adults")}
        of_classes = {
            f"{prefix}{name}-{row.place}": f"{row.name}: {label}"
            for prefix in ("", CAME)
            for row in self.rows
            for name, label in words.items()
        }
        return of_classes | {"reason": _("Why?")}

    @property
    def asked(self) -> Sequence[HeadsRow]:
        """Classes that nobody has counted and that are billed by a count."""
        return [row for row in self.rows if row.place in self.visit.uncounted]

    @property
    def may_tell(self) -> bool:
        """Whether a count is asked for."""
        decided = self.visit.decided is not None and not self.visit.decided.stale
        return bool(self.asked) and not self.is_invoiced and not decided


@admin.get("/visits/<int:booking_id>/heads")
@staff(Role.FINANCE, Role.DESK)
def visit_heads(booking_id: int) -> str:
    """What is known and decided of a visit's heads."""
    return render_template("admin/heads.html", page=_page(booking_id, _visit(booking_id)))


@admin.post("/visits/<int:booking_id>/heads/count")
@staff(Role.FINANCE, Role.DESK)
def tell_heads(booking_id: int) -> ResponseReturnValue:
    """Tell how many came of the classes that nobody counted."""
    visit = _visit(booking_id)
    typed = _typed(visit.uncounted, CAME)
    errors, answer = typed.errors(by_hand=False), None
    if not errors:
        told = {place: heads for place, heads in typed.heads().items() if heads is not None}
        try:
            with unit_of_work():
                tell_count(booking_id, told, _version(), centre=centre(), now=clock.now(), actor=who().actor)
        except Refusal as refusal:
            answer = sentence(refusal)
        else:
            return _done(booking_id)
    page = _page(booking_id, _visit(booking_id), told=typed, errors=errors, answer=answer)
    return render_template("admin/heads.html", page=page), answer.status if answer else 422


@admin.post("/visits/<int:booking_id>/heads")
@staff(Role.FINANCE)
def decide_heads(booking_id: int) -> ResponseReturnValue:
    """Decide by hand, with a reason."""
    visit = _visit(booking_id)
    typed = _typed(range(len(visit.facts.timetables)))
    errors, answer = typed.errors(by_hand=True), None
    if not errors:
        heads = [heads for heads in typed.heads().values() if heads is not None]
        now, actor = clock.now(), who().actor
        try:
            with unit_of_work():
                reckon_by_hand(booking_id, heads, typed.reason, _version(), centre=centre(), now=now, actor=actor)
        except Refusal as refusal:
            answer = sentence(refusal)
        else:
            return _done(booking_id)
    page = _page(booking_id, _visit(booking_id), typed=typed, errors=errors, answer=answer)
    return render_template("admin/heads.html", page=page), answer.status if answer else 422


def _done(booking_id: int) -> ResponseReturnValue:
    flash(_("Decided. The visit costs %(sum)s.", sum=wording().money(_total(_visit(booking_id)))))
    return redirect(url_for("admin.visit_heads", booking_id=booking_id), 303)


def _visit(booking_id: int) -> Reckonable:
    try:
        return as_counted(booking_id if booking_id < 10**18 else 0, centre(), clock.now())
    except NotReckoned:
        abort(404)


def _version() -> int:
    return sum_shown(request.form.get("version")) or 0


def _typed(places: Sequence[int], prefix: str = "") -> TypedHeads:
    def of(name: str) -> dict[int, str]:
        return {place: one_line(request.form.get(f"{prefix}{name}-{place}"))[:9] for place in places}

    return TypedHeads(of("pupils"), of("adults"), one_line(request.form.get("reason")), prefix)


def _total(visit: Reckonable) -> int:
    return sum(due.due.amount.minor for due in visit.facts.dues)


def _page(
    booking_id: int,
    visit: Reckonable,
    typed: TypedHeads | None = None,
    told: TypedHeads | None = None,
    errors: Mapping[str, str] | None = None,
    answer: RefusalAnswer | None = None,
) -> HeadsPage:
    rules = dict(heads_rule_names())
    facts = zip(visit.facts.timetables, visit.terms, visit.counts, visit.billed, strict=True)
    rows = [
        HeadsRow(
            place, timetable.group.name, ClassHeads(timetable.group.pupils, timetable.group.adults),
            None if count is None else count.heads, count is not None and count.together, billed, rules[terms.rule],
        )
        for place, (timetable, terms, count, billed) in enumerate(facts)
    ]  # fmt: skip
    pupils, adults = ({row.place: str(getattr(row.billed, name)) for row in rows} for name in ("pupils", "adults"))
    until = wording().day(centre().local(waits_until(visit.facts, count_days())).date())
    names = log.names() | actors()
    decided_by = "" if visit.decided is None else names.get(visit.decided.by, visit.decided.by)
    return HeadsPage(
        booking_id, visit, rows, _total(visit), decided_by, until, invoices_of(booking_id),
        stands_on_invoice(booking_id), who().role in (Role.ADMIN, Role.FINANCE), typed or TypedHeads(pupils, adults),
        told or TypedHeads(prefix=CAME), errors or {}, answer.text if answer else "",
    )  # fmt: skip
