"""What proves that who books reads the mail of the address they wrote: a link opened in this browser, or a press.

Opening a link of the second kind does nothing by itself: mail scanners open links too.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.agreements.models import AskedFor
from booking.bookings import queries
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.settings import settings_of
from booking.visits import change, read
from booking.visits.links import PROOF_LIVES, booking_of_yes, proof_of, proves
from booking.visits.models import Approval
from booking.visits.read import VisitFacts
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.guards.access import drop_cookie, keep_cookie, public, staff_cookie_name
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.sentences import said

COOKIE = "mailbox"


@dataclass(frozen=True, slots=True)
class VisitYesPage:
    """A visit that waits for a press by the link in its letter."""

    facts: BookingFacts
    visit: VisitFacts
    problem: RefusalAnswer | None


def is_proven(email: str) -> bool:
    """Whether this browser has shown that it reads the mail of this address."""
    proof = request.cookies.get(staff_cookie_name(COOKIE), "")
    return bool(proof) and proves(proof, email, secret_key(), clock.now())


def keep_proof(response: Response, email: str) -> Response:
    """Let the browser keep that it has opened a link mailed to this address."""
    proof = proof_of(email, secret_key(), clock.now())
    keep_cookie(response, proof, COOKIE, int(PROOF_LIVES.total_seconds()))
    return response


def forget_proof(response: Response) -> Response:
    """Let the browser forget it."""
    drop_cookie(response, COOKIE)
    return response


def secret_key() -> str:
    """What this installation signs with."""
    return settings_of(current_app._get_current_object()).secret_key  # type: ignore[attr-defined]


@teacher.get("/school/yes/<key>")
@public
def visit_yes(key: str) -> ResponseReturnValue:
    """The visit that somebody asked for with this address, and the two buttons."""
    facts, seen = _opened(key)
    if seen.approval is not Approval.ASKED or facts.state is not State.PENDING:
        return redirect(url_for("teacher.visit", secret=facts.secret), 303)
    return _page(facts, seen)


@teacher.post("/school/yes/<key>")
@limiter.limit("30 per hour")
@public
def say_visit_yes(key: str) -> ResponseReturnValue:
    """It is theirs, and confirmed; or it was somebody else, and the places are free again."""
    facts = _opened(key)[0]
    try:
        with unit_of_work():
            if request.form.get("answer") == "no":
                change.disown(facts.id, centre=centre(), now=clock.now())
            else:
                change.prove(facts.id, now=clock.now())
    except Refusal as refusal:
        answer = said(refusal)
        return _page(*_opened(key), answer)  # as it stands by now
    return keep_proof(make_response(redirect(url_for("teacher.visit", secret=facts.secret), 303)), facts.email)


def _opened(key: str) -> tuple[BookingFacts, VisitFacts]:
    link = booking_of_yes(key, secret_key())
    facts = queries.by_id(link.booking_id) if link else None
    seen = read.of_booking(facts.id, facts.currency) if facts else None
    if link is None or facts is None or seen is None or not link.is_for(facts.email, secret_key()):
        abort(404)
    if seen.asked_for is not AskedFor.UNPROVEN:
        abort(404)
    return facts, seen


def _page(facts: BookingFacts, seen: VisitFacts, problem: RefusalAnswer | None = None) -> ResponseReturnValue:
    page = render_template("teacher/visit_yes.html", page=VisitYesPage(facts=facts, visit=seen, problem=problem))
    return page, problem.status if problem else 200
