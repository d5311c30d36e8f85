"""A teacher's own visits, by a link in the mailbox; and what is left of an agreement, by the payer's own link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.agreements.models import Agreement
from booking.agreements.queries import agreement_with_secret, taken_of
from booking.agreements.rules import school_year
from booking.bookings.forgetting import CONTACT_KEPT
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.outbox.promises import promise
from booking.settings import settings_of
from booking.staff.sessions import digest
from booking.visits import read
from booking.visits.forgetting import keep_visits, let_visits_go
from booking.visits.links import email_of, end_links
from booking.visits.read import VisitRow
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.forms.checked import EmailForm, errors_of
from booking.web.guards.access import public
from booking.web.languages import centre, language
from booking.web.teacher.bills import BillShown, bills_shown
from booking.web.teacher.proof import forget_proof, keep_proof
from booking.web.teacher.rebook import year_again

QUARTER = 900  # seconds


@dataclass(frozen=True, slots=True)
class MyPage:
    """The form that asks for a link to one's own visits."""

    form: EmailForm
    errors: Mapping[str, str]
    asked: bool
    ended: bool = False  # all links were ended
    run_out: bool = False  # the link was too old


@dataclass(frozen=True, slots=True)
class MyVisitsPage:
    """The visits of one address."""

    visits: list[VisitRow]
    email: str
    key: str
    bills: Mapping[int, Sequence[BillShown]]
    done: str  # what was said just now: kept, or let go
    year_again: ClassVar = staticmethod(year_again)

    @property
    def are_kept(self) -> bool:
        """Whether all of them are kept for two school years."""
        return bool(self.visits) and all(visit.forgotten_as_of for visit in self.visits)

    def until(self, visit: VisitRow) -> datetime:
        """When a visit is no longer shown here."""
        return max(visit.arrives_at, visit.forgotten_as_of or visit.arrives_at) + CONTACT_KEPT


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """What has been booked on an agreement in a school year."""

    agreement: Agreement
    year: int
    visits: int
    pupils: int


@teacher.get("/my")
@public
def my() -> str:
    """The form that asks for an address."""
    ended = request.args.get("ended") == "1"
    return render_template("teacher/my.html", page=MyPage(form=EmailForm(), errors={}, asked=False, ended=ended))


@teacher.post("/my")
@limiter.limit("10 per hour")
@public
def send_my_link() -> ResponseReturnValue:
    """Promise the link; the answer is the same whether there are visits or not."""
    form = EmailForm()
    if not form.validate():
        return render_template("teacher/my.html", page=MyPage(form=form, errors=errors_of(form), asked=False)), 422
    quarter = int(clock.now().timestamp()) // QUARTER
    about = {"email": form.address, "lang": language()}
    with unit_of_work():
        promise("mail.my_visits", f"my_visits:{digest(form.address)[:32]}:{quarter}", about)
    return render_template("teacher/my.html", page=MyPage(form=form, errors={}, asked=True))


@teacher.get("/my/<key>")
@public
def my_visits(key: str) -> ResponseReturnValue:
    """The visits of whoever got the link."""
    email = email_of(key, _secret_key(), clock.now())
    if email is None:
        return _run_out()
    visits = read.of_email(email)
    bills = bills_shown([row.booking_id for row in visits])
    page = render_template("teacher/my_visits.html", page=MyVisitsPage(visits, email, key, bills, _done()))
    return keep_proof(make_response(page), email)


@teacher.post("/my/<key>/keep")
@public
def keep_my_visits(key: str) -> ResponseReturnValue:
    """Keep all of these visits for two school years, or no longer than any other booking."""
    email = email_of(key, _secret_key(), clock.now())
    if email is None:
        return _run_out()
    keeps = request.form.get("keep") == "1"
    with unit_of_work():
        keep_visits(email, centre()) if keeps else let_visits_go(email)
    return redirect(url_for("teacher.my_visits", key=key, done="kept" if keeps else "let_go"), 303)


@teacher.post("/my/<key>/end")
@public
def end_my_links(key: str) -> ResponseReturnValue:
    """This link and all others to the same visits open nothing from now on."""
    now = clock.now()
    email = email_of(key, _secret_key(), now)
    if email is None:
        return _run_out()
    with unit_of_work():
        end_links(email, _secret_key(), now)
    return forget_proof(make_response(redirect(url_for("teacher.my", ended=1), 303)))


def _done() -> str:
    done = request.args.get("done", "")
    return done if done in ("kept", "let_go") else ""


def _run_out() -> ResponseReturnValue:
    return render_template(
        "teacher/my.html", page=MyPage(form=EmailForm(formdata=None), errors={}, asked=False, run_out=True)
    ), 410


def _secret_key() -> str:
    return settings_of(current_app._get_current_object()).secret_key  # type: ignore[attr-defined]


@teacher.get("/school/agreement/<secret>")
@public
def agreement(secret: str) -> str:
    """What is left of an agreement this school year."""
    shown = agreement_with_secret(secret) if is_secret(secret) else None
    if shown is None:
        abort(404)
    year = school_year(centre().local(clock.now()).date())
    visits, pupils = taken_of(shown.id, year)
    return render_template(
        "teacher/agreement.html", page=AgreementPage(agreement=shown, year=year, visits=visits, pupils=pupils)
    )
