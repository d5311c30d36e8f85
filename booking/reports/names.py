"""What lists and figures call things, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from babel import Locale
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.agreements.rules import KINDERGARTEN
from booking.bookings.models import State
from booking.capacity.models import Channel
from booking.centre.facts import the_centre
from booking.centre.wording import LOCALES, Wording
from booking.outbox.models import PromiseState
from booking.payments.models import PaymentState, RefundState
from booking.reports.standing import MoneyStanding

FIRST_UPPER = 11  # vg1


def states() -> dict[State, str]:
    """Where a booking stands."""
    return {
        State.HELD: _("In the basket"),
        State.PENDING: _("Payment under way"),
        State.CONFIRMED: _("Confirmed"),
        State.CANCELLED: _("Cancelled"),
        State.EXPIRED: _("Ran out unbought"),
    }


def channels() -> dict[Channel, str]:
    """Through which door a buyer came."""
    return {Channel.PUBLIC: _("Website"), Channel.DESK: _("Front desk"), Channel.SCHOOL: _("School")}


def standings() -> dict[MoneyStanding, str]:
    """How a booking's money stands."""
    return {
        MoneyStanding.PAID: _("Paid"),
        MoneyStanding.UNPAID: _("Not paid"),
        MoneyStanding.REFUNDED: _("Paid back"),
        MoneyStanding.PARTLY: _("Partly paid back"),
        MoneyStanding.FREE: _("Free of charge"),
    }


def letter_states() -> dict[PromiseState, str]:
    """Where a letter stands."""
    return {
        PromiseState.WAITING: _("On its way"),
        PromiseState.DONE: _("Sent"),
        PromiseState.DEAD: _("Not sent"),
        PromiseState.HELD_BACK: _("Held back"),
    }


def payment_states() -> dict[PaymentState, str]:
    """Where a payment stands."""
    return {
        PaymentState.BEGUN: _("Begun"),
        PaymentState.OPEN: pgettext("payment", "Open"),
        PaymentState.PROCESSING: _("Under way"),
        PaymentState.PAID: _("Paid"),
        PaymentState.RETURNED: _("Came too late, sent back"),
        PaymentState.FAILED: _("Failed"),
        PaymentState.EXPIRED: _("Ran out"),
    }


def refund_states() -> dict[RefundState, str]:
    """Where a refund stands."""
    return {
        RefundState.REQUESTED: _("On its way"),
        RefundState.DONE: _("Paid back"),
        RefundState.FAILED: _("Failed"),
    }


def letters() -> dict[str, str]:
    """What each kind of letter is."""
    return {
        "mail.confirmation": _("Tickets"),
        "mail.free_yes": _("Free places: please confirm"),
        "mail.change": pgettext("letter", "Change"),
        "mail.reminder": _("Reminder"),
        "mail.cancellation": _("Cancellation"),
        "mail.refund": _("Money back"),
        "mail.payment_failed": _("Payment failed"),
        "mail.lost": _("Paid too late"),
        "mail.offer": _("Offer from the waiting list"),
        "mail.newsletter": _("Newsletter: the question"),
        "mail.news": pgettext("letter", "Newsletter"),
        "mail.news_trial": _("Newsletter: test to staff"),
        "mail.news_link": _("Newsletter: link to one's own page"),
        "mail.waiting": _("Waiting list"),
        "mail.waiting_over": _("Off the waiting list"),
        "mail.visit_waiting_over": _("Off the schools' waiting list"),
        "mail.find": _("Link to bookings"),
        "mail.annual_pass": _("The annual pass"),
        "mail.annual_pass_bought": _("Annual pass is paid"),
        "mail.gift_card": _("The gift card"),
        "mail.gift_card_ends": _("Gift card that ends soon"),
        "mail.gift_card_bought": _("Gift card is paid"),
        "mail.withdrawal": _("Receipt of a withdrawal"),
        "mail.withdrawal_told": _("Withdrawal, to the centre"),
        "mail.withdraw_link": _("Link to withdraw"),
        "mail.refund_failed": _("Refund failed, to the centre"),
        "mail.capture_ends": _("Approved in Vipps and lapses soon, to the centre"),
        "mail.invitation": _("Invitation to staff"),
        "mail.visit_asked": _("School visit asked for"),
        "mail.visit_declined": _("School visit declined"),
        "mail.visit_offer": _("Offer from the schools' waiting list"),
        "mail.visit_waiting": _("Schools' waiting list"),
        "mail.visit_week": _("Reminder to a school, a week before"),
        "mail.visit_number": _("Last days to change the number"),
        "mail.visit_before": _("Files and links to a school, before the visit"),
        "mail.visit_feedback": _("How was the visit?"),
        "mail.my_visits": _("Link to a teacher's visits"),
        "mail.visit_copy": _("A plan passed on to a colleague"),
        "mail.wish": _("Wish kept"),
        "mail.wish_answer": _("Wish not met"),
        "mail.closure": _("Closed: to those who have booked"),
        "mail.closure_over": _("Open after all"),
        "mail.course_place": _("To each participant"),
        "mail.course_off": _("To each participant: not held"),
        "mail.certificate": _("The certificate"),
        "mail.invoice": _("Invoice or credit note by mail"),
        "mail.invoice_reminder": _("Reminder of an invoice"),
        "mail.payer_link": _("Link to a payer's invoices"),
    }


def promises() -> dict[str, str]:
    """What each kind of promise is: letters, and what else the worker does."""
    return letters() | {
        "payment.capture": _("Money taken that was approved in Vipps"),
        "payment.refund": _("Money promised back"),
        "payment.send_refund": _("Money sent back through the provider"),
        "withdrawal.released": _("Rest of a withdrawn gift card given back"),
        "wallet.update": _("Passes in phones made new"),
        "wallet.google": _("Tickets in Google Wallet made new"),
        "receipt.give": _("Receipt given"),
        "receipt.earlier": _("Receipts of what was paid before"),
        "invoice.files": _("Invoice written as PDF and XML"),
        "invoice.send": _("Invoice sent"),
        "invoice.look": _("Looked at what became of an invoice"),
        "news.portion": _("Newsletter: the next readers"),
        "work": _("Long work"),
        "upkeep": _("The night's upkeep"),
    }


def grades(country: str) -> Callable[[int], str]:
    """What a grade is called: kindergarten is 0; in Norway those after the tenth are of upper secondary school."""

    def called(grade: int) -> str:
        if grade == KINDERGARTEN:
            return str(_("Kindergarten"))
        if grade >= FIRST_UPPER and country == "NO":
            return f"vg{grade - FIRST_UPPER + 1}"
        return str(_("Grade %(grade)s", grade=grade))

    return called


def weekdays(lang: str) -> list[str]:
    """Monday to Sunday."""
    locale = Locale.parse(LOCALES.get(lang, "en_GB"))
    return [locale.days["stand-alone"]["wide"][n] for n in range(7)]


def rates(lang: str) -> Callable[[int], str]:
    """How a VAT rate in hundredths of a percent is written."""
    return Wording.of(lang, the_centre()).percent


def actors() -> dict[str, str]:
    """Who acts without an account."""
    return {
        "buyer": _("A buyer"),
        "worker": _("The worker"),
        "command": _("A command"),
        "stranger": _("A stranger"),
        "demo": _("The demo"),
        "provider": _("The payment provider"),
    }
