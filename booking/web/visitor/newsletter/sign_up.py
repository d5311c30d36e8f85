"""To ask for the newsletter, from the foot of any page or a page of its own; and for the link to one's own page.

The answer is the same whoever is known. The form carries no token: it uses nothing that a browser keeps, so whoever
has it sent by somebody else's browser has no more than by their own; and a token would set a cookie on every page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.newsletter import subscribers
from booking.newsletter.models import ConsentPlace
from booking.web.blueprints import visitor
from booking.web.extensions import csrf, limiter
from booking.web.forms.checked import checked_email, one_line
from booking.web.guards.access import public
from booking.web.languages import centre, language
from booking.web.typed import one_of
from booking.web.visitor.newsletter.asking import NewsQuestion, asked_by, news_question

ASKED_HERE = (ConsentPlace.FOOT, ConsentPlace.PAGE)
LONGEST = 254  # of an address (RFC 5321, 4.5.3.1)


@dataclass(frozen=True, slots=True)
class NewsSignUpPage:
    """The form that asks for the newsletter. `sent_to` is the address that a letter is on its way to."""

    question: NewsQuestion
    email: str = ""
    chosen: Collection[str] = ()
    errors: Mapping[str, str] | None = None
    sent_to: str = ""
    link_sent: bool = False


@visitor.get("/newsletter")
@public
def news_sign_up() -> str:
    """The form."""
    return _page(NewsSignUpPage(_question()))


@visitor.post("/newsletter")
@csrf.exempt
@limiter.limit("20 per hour")
@public
def ask_for_news() -> ResponseReturnValue:
    """Promise the letter that asks for a yes."""
    question = _question()
    typed = one_line(request.form.get("email"))
    # Where there is only one thing to read about there is nothing to tick: the button is the yes.
    is_meant = len(question.topics) == 1
    chosen = [topic for topic in question.topics if is_meant or topic in request.form.getlist("topics")]
    email, errors = _checked(typed)
    if not chosen:
        errors["topics"] = _("Choose at least one.")
    if errors:
        return _page(NewsSignUpPage(question, typed[:LONGEST], chosen, errors)), 422
    place = one_of(ConsentPlace, request.form.get("place"))
    with unit_of_work():
        shown = asked_by(place if place in ASKED_HERE else ConsentPlace.PAGE, question)
        subscribers.ask_from_page(email, chosen, language(), clock.now(), shown)
    return _page(NewsSignUpPage(question, sent_to=email))


@visitor.post("/newsletter/link")
@limiter.limit("10 per hour")
@public
def send_news_link() -> ResponseReturnValue:
    """Promise the link to one's own page once more."""
    question = _question()
    typed = one_line(request.form.get("email"))
    email, errors = _checked(typed)
    if errors:
        return _page(NewsSignUpPage(question, typed[:LONGEST], errors={"lost": errors["email"]})), 422
    with unit_of_work():
        subscribers.send_link(email, language(), clock.now())
    return _page(NewsSignUpPage(question, link_sent=True))


def _question() -> NewsQuestion:
    if not centre().newsletter_topics:
        abort(404)
    return news_question()


def _checked(typed: str) -> tuple[str, dict[str, str]]:
    """The address as mail servers take it, or what is wrong with it."""
    if not typed:
        return "", {"email": _("Enter your email address.")}
    try:
        return checked_email(typed), {}
    except ValidationError as error:
        return "", {"email": str(error)}


def _page(page: NewsSignUpPage) -> str:
    return render_template("visitor/news_sign_up.html", page=page)
