"""Who you are, what it costs, time left; and on to the payment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.terms import TermsToday
from booking.bookings import queries
from booking.bookings.by_code.discounted import leave_codes
from booking.bookings.by_gift_card import uncover
from booking.bookings.details import Details
from booking.bookings.hold import drop, renew
from booking.bookings.models import State
from booking.bookings.numbers import NumbersAsked, asked_of
from booking.bookings.queries import BookingFacts
from booking.bookings.rules import refund_deadline
from booking.capacity.models import Channel
from booking.contests.refusals import EntriesWrong
from booking.courses import read as enrolments
from booking.courses.offered import courses
from booking.courses.read import is_enrolment
from booking.courses.rules import standing_of
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments import pay
from booking.payments.pay import Begun, KnownBooking, NoAnswer
from booking.payments.provider import PayWay, Rejected
from booking.payments.providers import WayNotOffered, tills
from booking.visits.read import is_visit
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.forms.checked import CheckoutForm, errors_of
from booking.web.forms.contest_entry import EntryForm, EntryForms, forms_of, the_year
from booking.web.guards.access import public
from booking.web.languages import centre, language
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.typed import one_of, sum_shown
from booking.web.visitor.basket import forget
from booking.web.visitor.choosing import read_numbers
from booking.web.visitor.gift_cards import paying
from booking.web.visitor.newsletter.asking import checkout_question


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """A basket on its way to be paid: who it is for, what it costs, how long it is kept."""

    facts: BookingFacts
    form: CheckoutForm
    problem: RefusalAnswer | None
    gone: bool
    refund_until: datetime
    again: str
    is_course: bool
    numbers: list[NumbersAsked]
    written: EntryForms
    there: TermsToday | None
    cards: paying.CardsAtCheckout

    @property
    def says_more(self) -> bool:
        """Whether anything that one need not say is said, or said wrongly."""
        optional = ("phone", "needs", "topics")
        return any(self.form[name].data or name in self.errors for name in optional)

    @property
    def pending(self) -> bool:
        """Whether a payment is under way."""
        return self.facts.state is State.PENDING

    @property
    def asked(self) -> bool:
        """Whether it costs nothing and waits for a yes from the buyer's mailbox."""
        return self.facts.state is State.HELD and self.facts.asked_at is not None

    @property
    def can_renew(self) -> bool:
        """Whether the time may be started anew."""
        return self.facts.renewals < centre().hold_renewals

    @property
    def ways(self) -> tuple[PayWay, ...]:
        """What to choose between to pay, what they will most likely want first."""
        ways = tills.ways(self.facts.currency)
        if self.is_phone and centre().country == "NO":
            return tuple(sorted(ways, key=lambda way: way is not PayWay.VIPPS))
        return ways

    @property
    def is_phone(self) -> bool:
        """Whether the browser says that it is one on a phone."""
        return request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.user_agent.string

    @property
    def replaced(self) -> bool:
        """Whether another basket of this visitor's was given up for it."""
        return request.args.get("replaced") == "1"

    @property
    def entries(self) -> Sequence[EntryForm]:
        """The form of each entry in a contest."""
        return self.written.forms

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by field."""
        return self.written.errors | dict(errors_of(self.form) if self.form.is_submitted() else {})

    @property
    def takes_cards(self) -> bool:
        """Whether a code may be typed, or taken off."""
        return self.cards.is_taken_by(self.facts)

    @property
    def labels(self) -> dict[str, str]:
        """What the fields are called above the form, in their order."""
        who = {"name": _("Name"), "email": _("Email"), "phone": _("Phone"), "needs": _("Needs")}
        return self.written.labels | who | {"terms": _("Terms")}

    @property
    def minutes_left(self) -> int:
        """How long the places are kept yet, begun minutes as whole ones."""
        now = clock.now()
        return max(-((now - (self.facts.held_until or now)) // timedelta(minutes=1)), 0)


@visitor.get("/checkout/<secret>")
@public
def checkout(secret: str) -> ResponseReturnValue:
    """The basket and the form."""
    facts = held_booking(secret)
    if (there := _settled(facts)) is not None:
        return there
    if (names := _names_wanted(facts)) is not None:
        return redirect(names, 303)
    return _page(facts, _form(facts), forms_of(facts, None))


@visitor.post("/checkout/<secret>")
@limiter.limit("30 per minute")
@public
def pay_booking(secret: str) -> ResponseReturnValue:
    """Write who it is for, and on to the payment."""
    facts = held_booking(secret)
    if (there := _settled(facts)) is not None:
        return there
    if (names := _names_wanted(facts)) is not None:
        return redirect(names, 303)
    form, entries = _form(facts), forms_of(facts, request.form).judged(the_year(facts, centre()))
    if facts.state is State.HELD and request.form.get("gift_code", "").strip():
        return _with_card(facts, entries)  # nobody who has typed a code pays before it is taken
    if facts.state is State.HELD and (not form.validate() or entries.errors):
        return _page(facts, form, entries, status=422)
    try:
        begun = _begin(facts, form, entries)
    except (NoAnswer, Rejected) as refusal:
        answer = _not_begun(refusal)
        return _page(facts, form, entries, answer, answer.status)
    except EntriesWrong as refusal:
        return _page(held_booking(secret), form, entries.with_problems(refusal), status=422)
    except Refusal as refusal:
        facts, answer = held_booking(secret), sentence(refusal)
        return _settled(facts) or _page(facts, form, entries, answer, answer.status)
    if begun.waits_for_yes:
        return redirect(url_for("visitor.checkout", secret=secret), 303)
    target = begun.url or url_for("visitor.booking", secret=booking_secret(facts))
    response = make_response(redirect(target, 303))
    return forget(response, secret) if begun.url is None else response


def _begin(facts: BookingFacts, form: CheckoutForm, entries: EntryForms) -> Begun:
    """On to the payment, with what was written where it was asked. Raises as `pay.begin`."""
    details = _details(form) if facts.state is State.HELD else None
    shown = sum_shown(request.form.get("shown"))
    typed = request.form.get("way")
    way = one_of(PayWay, typed)
    if typed and way is None:
        raise WayNotOffered(typed)
    with paying.without_what_is_not_theirs(facts.id):
        return pay.begin(facts.id, details, shown, KnownBooking(facts, centre()), entries.drafts, way)


def _not_begun(refusal: NoAnswer | Rejected) -> RefusalAnswer:
    not_started = RefusalAnswer(_("The payment could not be started. Please try again."), 502)
    return sentence(refusal) if isinstance(refusal, NoAnswer) else not_started


@visitor.post("/checkout/<secret>/gift-card")
@limiter.limit("30 per minute")
@public
def pay_by_gift_card(secret: str) -> ResponseReturnValue:
    """Let a gift card pay what it can; what is written of the buyer so far stays in the form."""
    facts = held_booking(secret)
    return _settled(facts) or _with_card(facts, _as_sent(facts))


@visitor.post("/checkout/<secret>/gift-card/off")
@public
def take_gift_cards_off(secret: str) -> ResponseReturnValue:
    """Pay without them after all."""
    return _without(secret, uncover)


@visitor.post("/checkout/<secret>/discount/off")
@public
def take_discounts_off(secret: str) -> ResponseReturnValue:
    """Be without the discount codes after all."""
    return _without(secret, leave_codes)


def _without(secret: str, give_up: Callable[[int, datetime], None]) -> ResponseReturnValue:
    problem = paying.refused(lambda: give_up(held_booking(secret).id, clock.now()))
    facts = held_booking(secret)
    return _settled(facts) or _page(facts, _form(facts), _as_sent(facts), problem, problem.status if problem else 200)


def _with_card(facts: BookingFacts, entries: EntryForms) -> ResponseReturnValue:
    tried = paying.try_code(facts.id, request.form.get("gift_code", ""))
    facts = held_booking(facts.secret)
    return _settled(facts) or _page(facts, _form(facts), entries, status=tried.status, tried=tried)


@visitor.post("/checkout/<secret>/renew")
@public
def renew_hold(secret: str) -> ResponseReturnValue:
    """Start the time anew; what somebody has written of a team so far stays in the form."""
    facts = held_booking(secret)
    try:
        with unit_of_work():
            renew(facts.id, centre(), clock.now())
    except Refusal as refusal:
        facts, answer = held_booking(secret), sentence(refusal)
        return _settled(facts) or _page(facts, _form(facts), _as_sent(facts), answer, answer.status)
    if (entries := _as_sent(facts)).forms:
        return _page(held_booking(secret), _form(facts), entries)
    return redirect(url_for("visitor.checkout", secret=secret), 303)


@visitor.post("/checkout/<secret>/back")
@public
def back_from_payment(secret: str) -> ResponseReturnValue:
    """Give the payment up and have the basket back."""
    facts = held_booking(secret)
    try:
        pay.withdraw(facts.id)
    except (NoAnswer, Rejected):
        return _page(facts, _form(facts), forms_of(facts, None), sentence(NoAnswer()), 503)
    return redirect(url_for("visitor.checkout", secret=secret), 303)


@visitor.post("/checkout/<secret>/drop")
@public
def drop_hold(secret: str) -> ResponseReturnValue:
    """Let the places go."""
    facts = held_booking(secret)
    with unit_of_work():
        drop(facts.id, clock.now())
    if facts.changes_id is not None:
        return redirect(url_for("visitor.booking", secret=booking_secret(facts)), 303)
    there = _again(facts) if not facts.is_of_places else url_for("visitor.tickets", party=facts.people)
    return forget(make_response(redirect(there, 303)), secret)


def _settled(facts: BookingFacts) -> Response | None:
    """On to the booking when it is bought or given up already, perhaps in another tab."""
    if facts.state not in (State.CONFIRMED, State.CANCELLED):
        return None
    there: Response = redirect(url_for("visitor.booking", secret=booking_secret(facts)), 303)  # type: ignore[assignment]
    return there


def held_booking(secret: str) -> BookingFacts:
    """The booking that a secret opens, else 404."""
    facts = queries.by_secret(secret) if is_secret(secret) else None
    if facts is None:
        abort(404)
    return facts


def booking_secret(facts: BookingFacts) -> str:
    """The secret of the booking's page; for a change, that of what it changes."""
    parent = queries.by_id(facts.changes_id) if facts.changes_id is not None else None
    return parent.secret if parent else facts.secret


def page_of_visit(facts: BookingFacts) -> str | None:
    """The address of a school visit or of places on a course, which have pages of their own; else None."""
    if facts.channel is not Channel.SCHOOL:
        return None
    if is_visit(facts.id):
        return url_for("teacher.visit", secret=facts.secret)
    if is_enrolment(facts.id) and facts.state in (State.CONFIRMED, State.CANCELLED):
        return url_for("teacher.enrolment", secret=facts.secret)
    return None


def page_of_course(facts: BookingFacts) -> str | None:
    """Where places on a course are chosen, with what is held for this buyer; None for every other booking."""
    if facts.channel is not Channel.SCHOOL or not facts.lines:
        return None
    line = facts.lines[0]
    slug = next((course.slug for course in courses() if course.activity_id == line.activity_id), None)
    held = facts.secret if facts.state is State.HELD else None
    return slug and url_for("teacher.course_places", slug=slug, slot=line.slot_id, held=held)


def _names_wanted(facts: BookingFacts) -> str | None:
    """Where somebody has yet to say who comes, whose places on a course the waiting list keeps."""
    if facts.state is not State.HELD or facts.channel is not Channel.SCHOOL or is_enrolment(facts.id):
        return None
    return page_of_course(facts)


def _form(facts: BookingFacts) -> CheckoutForm:
    given = {"name": facts.name, "email": facts.email, "phone": facts.phone, "needs": facts.needs}
    form = CheckoutForm(data=given) if request.method == "GET" else CheckoutForm()
    form.country = centre().country
    form.topics.choices = [(topic, topic) for topic in centre().newsletter_topics]
    if facts.changes_id is not None:
        # A change belongs to somebody who has said all this before.
        for name in ("name", "email", "phone", "needs"):
            form[name].data = given[name]
        form.terms.data = True
    return form


def _details(form: CheckoutForm) -> Details:
    known = centre().newsletter_topics
    topics = [topic for topic in form.topics.data or [] if topic in known]
    shown = checkout_question().whole if topics else ""
    return Details(form.contact, language(), topics, read_numbers(request.form), shown)


def _as_sent(facts: BookingFacts) -> EntryForms:
    return forms_of(facts, request.form if "shown" in request.form else None)


def _page(
    facts: BookingFacts,
    form: CheckoutForm,
    entries: EntryForms,
    problem: RefusalAnswer | None = None,
    status: int = 200,
    tried: paying.CodeTried | None = None,
) -> ResponseReturnValue:
    now, facts = clock.now(), queries.named(facts)
    course = page_of_course(facts)
    gone = facts.state is State.EXPIRED or (facts.state is State.HELD and not facts.is_living(now))
    page = render_template(
        "visitor/checkout.html",
        page=CheckoutPage(
            facts=facts,
            form=form,
            problem=problem,
            gone=gone,
            refund_until=refund_deadline(facts.starts_at, centre()),
            again=course or _again(facts),
            is_course=course is not None,
            numbers=asked_of(facts.id, facts.lines) if any(line.asks_number for line in facts.lines) else [],
            written=entries,
            there=_terms_of_course(facts) if course is not None and not gone else None,
            cards=paying.CardsAtCheckout.of(facts, tried or paying.CodeTried()),
        ),
    )
    response = make_response(page, status)
    _look_again(response, facts, now)
    return response


def _look_again(response: Response, facts: BookingFacts, now: datetime) -> None:
    """When the places go, the button goes too, also where scripting is off."""
    if facts.state is State.HELD and facts.held_until is not None and facts.is_living(now):
        seconds = int((facts.held_until - now).total_seconds()) + 1
        response.headers["Refresh"] = f"{seconds}; url={url_for('visitor.checkout', secret=facts.secret)}"


def _again(facts: BookingFacts) -> str:
    """Where one chooses anew."""
    if not facts.is_of_places:
        return url_for("visitor.gift_cards" if facts.is_gift_card else "visitor.annual_passes")
    first = next((line.slot_id for line in facts.lines), None)
    return url_for("visitor.tickets", party=facts.people, slot=first, _anchor="choose")


def _terms_of_course(facts: BookingFacts) -> TermsToday | None:
    """What giving the places up will cost; None where they cost nothing themselves."""
    enrolment = enrolments.of_booking(facts.id)
    if enrolment is None or not facts.total:
        return None
    return standing_of(facts.id, enrolment.terms, facts.total, facts.starts_at, centre(), clock.now())
