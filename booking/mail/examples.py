"""Each kind of letter as an example, with the centre's own words in it, as they are kept or only typed yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.bookings.rules import change_deadline, refund_deadline
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts
from booking.centre.wording import LOCALES, Wording
from booking.closures.answer import ClosedFor
from booking.closures.models import ClosedReason
from booking.documents.certificates import hours_words
from booking.documents.looks import sight_of
from booking.gift_cards.codes import in_groups
from booking.gift_cards.issue import OrderedCard
from booking.invoicing.how_to_pay.words import reference_word
from booking.invoicing.kid import knows_kid, payment_reference
from booking.kernel import clock
from booking.mail import example_facts as made_up
from booking.mail.letter import Letter
from booking.mail.letters.class_work import MaterialTold, ProgrammeTold
from booking.mail.letters.invoices import ReminderSaid
from booking.mail.letters.money_told import MoneyTold
from booking.mail.own_words import BENEATH, Added
from booking.mail.writing import Desk, set_out
from booking.releases.models import WishState
from booking.settings import Settings
from booking.withdrawals.right import last_day_of

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """What an example is made for."""

    desk: Desk
    lang: str
    write: Wording

    @property
    def centre(self) -> CentreFacts:
        """The centre as it is: its name, address and logo stand in its letters."""
        return self.desk.centre

    def link(self, page: str) -> str:
        """An address as in a letter; it leads nowhere."""
        return self.desk.link(self.lang, f"{page}/{made_up.SECRET}")


def example(letter: str, lang: str, own: Added, centre: CentreFacts, settings: Settings) -> Letter:
    """The letter as it would go out to somebody made up. `letter` is a key of kinds.LETTERS, or BENEATH."""
    letter = "confirmation" if letter == BENEATH else letter  # one that has them
    template, _dash, occasion = letter.partition("-")
    desk = Desk(settings, centre, 0)
    with force_locale(LOCALES.get(lang, LOCALES["en"])):
        write = Wording.of(lang, centre)
        values = _FACTS[template](Setting(desk, lang, write), occasion.removeprefix("visit_"))
        subject = values.pop("subject")
        sight = sight_of(centre, made_up.booking(centre, lang).lines)
        return set_out(desk, made_up.EMAIL, subject, template, write, own, key=letter, sight=sight, **values)


def _booking(at: Setting, subject: str, page: str = "b", **more: object) -> Values:
    facts = made_up.booking(at.centre, at.lang)
    return {"subject": subject, "facts": facts, "address": at.link(page), **more}


def _tickets(at: Setting, subject: str) -> Values:
    begins = made_up.the_day(at.centre)
    return _booking(
        at,
        subject,
        change_until=change_deadline(begins, at.centre),
        refund_until=refund_deadline(begins, at.centre),
        told=MoneyTold(),
        contests=(),
    )


def _cancellation(at: Setting, _occasion: str) -> Values:
    return _booking(
        at,
        _("Your booking has been cancelled"),
        told=MoneyTold(online=34_000, given_up=34_000, by_rule=34_000),
        contests=(),
    )


def _free_yes(at: Setting, _occasion: str) -> Values:
    return _booking(at, _("Please confirm your booking"), page="yes")


def _refund(at: Setting, _occasion: str) -> Values:
    subject = _("Money back from %(centre)s", centre=at.centre.name)
    return _booking(at, subject, told=MoneyTold(online=34_000), reason="")


def _find(at: Setting, _occasion: str) -> Values:
    return {"subject": _("Your bookings"), "links": [(made_up.booking(at.centre, at.lang), at.link("b"))]}


def _closure(at: Setting, _occasion: str) -> Values:
    subject = _("Closed: choose a new time or your money back")
    values = _booking(at, subject, is_visit=False, paid=True, opened=[])
    return values | {
        "opened": [],
        "lines": values["facts"].lines,
        "closed": ClosedFor(frozenset({1}), ClosedReason.WEATHER, {}),
    }


def _waiting(at: Setting, _occasion: str) -> Values:
    place = made_up.waiting(at.centre, at.lang)
    return {"subject": _("You are on the waiting list"), "place": place, "address": at.link("waiting")}


def _waiting_over(at: Setting, _occasion: str) -> Values:
    place = made_up.waiting(at.centre, at.lang)
    return {"subject": _("You are no longer on the waiting list"), "place": place, "address": at.link("tickets")}


def _of_visit(at: Setting, subject: str, **more: object) -> Values:
    facts = made_up.booking(at.centre, at.lang, made_up.PROGRAMME, Channel.SCHOOL)
    visit = made_up.visit(at.centre, at.lang)
    standing = made_up.standing(at.centre, facts.total)
    return {"subject": subject, "facts": facts, "visit": visit, "there": standing, "address": at.link("visit"), **more}


def _plan(at: Setting, occasion: str) -> Values:
    name = at.centre.name
    subjects = {
        "change": _("Your visit has been changed"),
        "reminder": _("Welcome to %(centre)s tomorrow", centre=name),
        "week": _("Your visit to %(centre)s is in a week", centre=name),
    }
    return _of_visit(
        at,
        subjects.get(occasion, _("Your visit to %(centre)s", centre=name)),
        occasion=occasion,
        programmes=[],
        bill="",
    )


def _number(at: Setting, _occasion: str) -> Values:
    last = made_up.the_day(at.centre).date() - timedelta(days=3)
    return _of_visit(
        at, _("You can still change the number until %(day)s", day=at.write.until(at.write.day(last))), last=last
    )


def _before(at: Setting, _occasion: str) -> Values:
    return _of_visit(
        at,
        _("Before your visit to %(centre)s: for the class", centre=at.centre.name),
        who=_whose_class(at),
        programmes=[ProgrammeTold(at.write.words(made_up.PROGRAMME), "", "", (_sheet(at),))],
    )


def _sheet(at: Setting) -> MaterialTold:
    return MaterialTold(at.write.words(made_up.SHEET), "PDF, 240 kB", at.desk.settings.public_url, "")


def _feedback(at: Setting, _occasion: str) -> Values:
    return _of_visit(
        at,
        _("How was your visit to %(centre)s?", centre=at.centre.name),
        who=_whose_class(at),
        programmes=[],
        titles=[at.write.words(made_up.PROGRAMME)],
        until=made_up.the_day(at.centre).date() + timedelta(days=30),
    )


def _whose_class(at: Setting) -> str:
    return f"{made_up.school(at.lang).name}, {made_up.CLASS.get(at.lang, made_up.CLASS['en'])}"


def _line(at: Setting, _occasion: str) -> Values:
    place, day = made_up.line_place(at.centre, at.lang), made_up.the_day(at.centre).date()
    address = at.link("school/waiting")
    return {
        "subject": _("You are on the waiting list"), "place": place, "first": day, "last": day, "address": address,
    }  # fmt: skip


def _visit_offer(at: Setting, _occasion: str) -> Values:
    facts = made_up.booking(at.centre, at.lang, made_up.PROGRAMME, Channel.SCHOOL)
    return {
        "subject": _("There are places for you now"), "facts": facts, "line": facts.lines[0],
        "until": facts.held_until, "address": at.link("visit"), "leave": at.link("school/waiting"),
    }  # fmt: skip


def _wish(at: Setting, _occasion: str) -> Values:
    wish, release = made_up.wish(at.centre, at.lang), made_up.release(at.centre)
    return {
        "subject": _("Your wish for %(when)s", when=at.write.moment(release.opens_at)), "wish": wish,
        "release": release, "is_drawing": False, "address": at.link("school/wish"), "rules": at.link("school/release"),
    }  # fmt: skip


def _wish_answer(at: Setting, _occasion: str) -> Values:
    wish, release = made_up.wish(at.centre, at.lang), made_up.release(at.centre)
    return {
        "subject": _("About your wish for a visit"), "wish": wish, "release": release, "called_off": False,
        "states": WishState, "free": [made_up.free_session(at.centre)], "address": at.link("school/wish"),
        "plan": at.desk.link(at.lang, "school/visit"),
    }  # fmt: skip


def _away(at: Setting, occasion: str) -> Values:
    away, title = made_up.away(at.centre, at.lang), at.write.words(made_up.PROGRAMME)
    subjects = {
        "change": _("Changed: we come to you with %(programme)s", programme=title),
        "week": _("In a week we come to you with %(programme)s", programme=title),
        "reminder": _("Tomorrow we come to you with %(programme)s", programme=title),
    }
    subject = subjects.get(occasion, _("We come to you with %(programme)s", programme=title))
    materials = [_sheet(at)] if occasion == "reminder" else []
    return _of_visit(at, subject, away=away, offered=made_up.offered(), materials=materials)


def _course(at: Setting, occasion: str) -> Values:
    facts = made_up.booking(at.centre, at.lang, made_up.COURSE)
    title, day = at.write.words(made_up.COURSE), facts.starts_at.date()
    subjects = {
        "change": _("Your places have been changed: %(course)s", course=title),
        "reminder": _("Welcome to %(centre)s tomorrow", centre=at.centre.name),
        "cancellation": _("Your places have been cancelled"),
    }
    return {
        "subject": subjects.get(occasion, _("Your places: %(course)s", course=title)), "facts": facts,
        "line": facts.lines[0], "enrolment": made_up.enrolment(at.lang), "address": at.link("course"),
        "told": MoneyTold(),
        "names_until": day - timedelta(days=1), "refund": 0,
        "there": made_up.standing(at.centre, facts.total),
    }  # fmt: skip


def _invoice(at: Setting, _occasion: str) -> Values:
    return {
        "subject": _("Invoice %(number)s from %(centre)s", number="10001", centre=at.centre.name),
        "told": made_up.invoice(at.centre, at.lang), "address": at.link("invoices"),
    }  # fmt: skip


def _participant(at: Setting, subject: str, **more: object) -> Values:
    return {"subject": subject, "place": made_up.course_place(at.centre, at.lang), **more}


def _invoice_reminder(at: Setting, _occasion: str) -> Values:
    day = made_up.the_day(at.centre).date()
    payer = made_up.SCHOOL.get(at.lang, made_up.SCHOOL["en"])
    country = at.centre.country
    account = "8601 11 17947" if knows_kid(country) else "LV80 BANK 0000 4351 9500 1"
    written = ReminderSaid(
        1, "10001", payer, day - timedelta(days=60), day - timedelta(days=30), day + timedelta(days=14), 245_000, 0, 0,
        at.centre.currency, account, payment_reference(country, 7, 10001), reference_word(country), "",
    )  # fmt: skip
    subject = _("Reminder: invoice %(number)s", number=written.invoice)
    return {"subject": subject, "said": written, "address": at.link("invoices")}


def _course_title(at: Setting) -> str:
    return at.write.words(made_up.COURSE)


def _gift_card(at: Setting, _occasion: str) -> Values:
    return {
        "subject": _("A gift card for %(centre)s", centre=at.centre.name),
        "card": made_up.gift_card(at.centre, at.lang),
        "code": in_groups(made_up.GIFT_CODE),
        "address": at.link("tickets"),
        "balance_address": at.link("gift-cards/balance"),
    }


def _gift_card_bought(at: Setting, _occasion: str) -> Values:
    card = made_up.gift_card(at.centre, at.lang)
    order = OrderedCard(
        card.amount, card.recipient, card.recipient_email, card.giver, card.greeting, card.lang, send_at=None
    )
    until = last_day_of(at.centre.local(clock.now()).date(), at.centre)
    return _booking(at, _("Your gift card is paid"), order=order, withdraw_until=until)


def _annual_pass(at: Setting, _occasion: str) -> Values:
    return {
        "subject": _("Your annual pass to %(centre)s", centre=at.centre.name),
        "given": made_up.annual_pass(at.centre, at.lang),
        "withdraw_until": last_day_of(at.centre.local(clock.now()).date(), at.centre),
        "address": at.link("pass"),
        "order_address": at.link("b"),
    }


def _annual_pass_bought(at: Setting, _occasion: str) -> Values:
    order = replace(made_up.annual_pass(at.centre, at.lang).order, recipient_email=made_up.EMAIL)
    until = last_day_of(at.centre.local(clock.now()).date(), at.centre)
    return _booking(at, _("The annual pass is paid"), order=order, withdraw_until=until)


def _gift_card_ends(at: Setting, _occasion: str) -> Values:
    return {
        "subject": _("Your gift card ends soon"),
        "card": made_up.ending_card(at.centre, at.lang),
        "address": at.link("tickets"),
        "balance_address": at.link("gift-cards/balance"),
    }


def _withdrawal(at: Setting, _occasion: str) -> Values:
    facts = made_up.booking(at.centre, at.lang)
    return {
        "subject": _("Receipt of your withdrawal: %(reference)s", reference=facts.reference),
        "facts": facts,
        "withdrawal": made_up.withdrawal(at.centre, at.lang),
        "more": 0,
        "address": at.link("b"),
    }


def _withdraw_link(at: Setting, _occasion: str) -> Values:
    facts = made_up.booking(at.centre, at.lang)
    subject = _("Withdraw from your purchase: %(reference)s", reference=facts.reference)
    return {"subject": subject, "facts": facts, "address": at.link("b")}


_FACTS: Mapping[str, Callable[[Setting, str], Values]] = {
    "confirmation": lambda at, _o: _tickets(at, _("Your tickets to %(centre)s", centre=at.centre.name)),
    "change": lambda at, _o: _tickets(at, _("Your booking has been changed")),
    "free_yes": _free_yes,
    "reminder": lambda at, _o: _tickets(at, _("Welcome to %(centre)s tomorrow", centre=at.centre.name)),
    "cancellation": _cancellation,
    "refund": _refund,
    "payment_failed": lambda at, _o: _booking(at, _("Your payment did not go through"), "checkout"),
    "lost": lambda at, _o: _booking(at, _("Your money is on its way back")),
    "find": _find,
    "closure": _closure,
    "closure_over": lambda at, _o: _booking(at, _("Open after all: your booking stands")),
    "waiting": _waiting,
    "waiting_over": _waiting_over,
    "offer": lambda at, _o: _booking(at, _("There are places for you now"), "checkout"),
    "visit": _plan,
    "visit_asked": lambda at, _o: _of_visit(at, _("We have your request")),
    "visit_declined": lambda at, _o: _of_visit(at, _("We cannot receive you then")),
    "visit_number": _number,
    "visit_cancelled": lambda at, _o: _of_visit(at, _("Your visit has been cancelled")),
    "visit_before": _before,
    "visit_feedback": _feedback,
    "visit_waiting": _line,
    "visit_waiting_over": lambda at, occasion: (
        _line(at, occasion) | {"subject": _("You are no longer on the waiting list"), "address": at.link("school")}
    ),
    "visit_offer": _visit_offer,
    "my_visits": lambda at, _o: {"subject": _("Your visits"), "address": at.link("my")},
    "invoice_reminder": _invoice_reminder,
    "payer_link": lambda at, _o: {
        "subject": _("Your invoices from %(centre)s", centre=at.centre.name),
        "payer": made_up.SCHOOL.get(at.lang, made_up.SCHOOL["en"]),
        "address": at.link("invoices"),
    },
    "visit_copy": lambda at, _o: {
        "subject": _("A plan for a visit to %(centre)s", centre=at.centre.name),
        "address": at.link("school/visit"),
    },
    "invoice": _invoice,
    "annual_pass": _annual_pass,
    "annual_pass_bought": _annual_pass_bought,
    "gift_card": _gift_card,
    "gift_card_bought": _gift_card_bought,
    "gift_card_ends": _gift_card_ends,
    "withdrawal": _withdrawal,
    "withdraw_link": _withdraw_link,
    "wish": _wish,
    "wish_answer": _wish_answer,
    "outreach": _away,
    "course_booked": _course,
    "course_cancelled": _course,
    "course_place": lambda at, _o: _participant(at, _("Your place: %(course)s", course=_course_title(at))),
    "course_off": lambda at, _o: _participant(at, _("Cancelled: %(course)s", course=_course_title(at)), is_closed=True),
    "certificate": lambda at, _o: _participant(
        at,
        _("Your certificate: %(course)s", course=_course_title(at)),
        address=at.link("certificate"),
        hours=hours_words(180),
    ),
}
