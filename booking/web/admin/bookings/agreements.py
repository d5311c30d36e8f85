"""Agreements: what is left of each this school year; make, change, stop; codes and the link for the payer's contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.models import Agreement
from booking.agreements.municipalities import EVERYWHERE
from booking.agreements.prices import Pays
from booking.kernel import clock
from booking.kernel.collation import order_key
from booking.kernel.database import unit_of_work
from booking.registry import edits, lists
from booking.registry.lists import AgreementRow
from booking.staff.models import Role
from booking.web.admin.bookings.schools import LOOKERS, this_school_year
from booking.web.blueprints import admin
from booking.web.guards.access import staff, who
from booking.web.languages import centre, language, wording
from booking.web.teacher.sentences import grade_words

PLACE, ALL, CODE = "place", "all", "code"


@dataclass(frozen=True, slots=True)
class AgreementsPage:
    """All agreements with what is left of them this school year."""

    agreements: Sequence[AgreementRow]
    year: int
    everywhere: str
    today: date
    may_change: bool

    def pays(self, agreement: lists.AgreementRow) -> str:
        """What a payer pays."""
        return pays_words(agreement)

    def grades(self, agreement: lists.AgreementRow) -> str:
        """For which grades it holds; "" for all."""
        return _grades(agreement)


@admin.get("/agreements")
@staff(*LOOKERS)
def agreements() -> str:
    """All of them, with what is left this school year."""
    year = this_school_year()
    agreement_rows = lists.agreements(year)
    return render_template(
        "admin/agreements.html",
        page=AgreementsPage(
            agreements=sorted(agreement_rows, key=_living_first),
            year=year,
            everywhere=EVERYWHERE,
            today=centre().local(clock.now()).date(),
            may_change=who().role is Role.ADMIN,
        ),
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


def pays_words(agreement: Agreement | lists.AgreementRow) -> str:
    """What a payer pays."""
    match agreement.pays:
        case Pays.ALL:
            return str(_("Everything"))
        case Pays.SHARE:
            return str(_("%(percent)s%% of it", percent=agreement.percent))
        case Pays.PER_PUPIL:
            return str(_("%(sum)s a pupil", sum=wording().money(agreement.each, centre().currency)))
        case Pays.PER_GROUP:
            return str(_("%(sum)s a class", sum=wording().money(agreement.each, centre().currency)))


def _living_first(agreement: lists.AgreementRow) -> tuple[bool, object]:
    """Those that hold before those that are stopped, each as the reader's alphabet has them."""
    return not agreement.active, order_key(agreement.payer, language())


def _grades(agreement_row: lists.AgreementRow) -> str:
    if (
        agreement_row.grade_from is None
        or agreement_row.grade_to is None
        or (agreement_row.grade_to == 0 and agreement_row.school_kind)
    ):
        return ""
    first, last = grade_words(agreement_row.grade_from), grade_words(agreement_row.grade_to)
    return first if first == last else f"{first}–{last}"
