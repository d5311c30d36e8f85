"""One function for each message: load, write in the recipient's language, attach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.centre.facts import CentreFacts, the_centre
from booking.kernel.database import end_reading
from booking.mail import promised
from booking.mail.letter import Letter
from booking.mail.letters import (
    annual_passes,
    bookings,
    courses,
    gift_cards,
    invoices,
    newsletter,
    others,
    sent_invoices,
    visit_letters,
    visits,
    wishes,
    withdrawals,
)
from booking.mail.news import writing as news
from booking.mail.writing import Desk, Writer, writer
from booking.settings import Settings

WRITERS: Mapping[str, Writer] = {
    "mail.visit_asked": writer(promised.PromisedOfBooking, visits.asked_letter),
    "mail.visit_declined": writer(promised.PromisedOfBooking, visits.declined_letter),
    "mail.visit_offer": writer(promised.PromisedOfBooking, visits.offer_letter),
    "mail.visit_waiting": writer(promised.PromisedInLine, visit_letters.waiting_letter),
    "mail.visit_waiting_over": writer(promised.PromisedInLine, visit_letters.waiting_over_letter),
    "mail.visit_week": writer(promised.PromisedOn, visit_letters.week_letter),
    "mail.visit_number": writer(promised.PromisedOn, visit_letters.number_letter),
    "mail.visit_before": writer(promised.PromisedOn, visit_letters.before_letter),
    "mail.visit_feedback": writer(promised.PromisedOn, visit_letters.feedback_letter),
    "mail.my_visits": writer(promised.PromisedToAddress, visits.my_visits_letter),
    "mail.course_place": writer(promised.PromisedToParticipant, courses.place_letter),
    "mail.course_off": writer(promised.PromisedToParticipant, courses.off_letter),
    "mail.certificate": writer(promised.PromisedToParticipant, courses.certificate_letter),
    "mail.visit_copy": writer(promised.PromisedCopy, visits.copy_letter),
    "mail.wish": writer(promised.PromisedOfWish, wishes.kept_letter),
    "mail.wish_answer": writer(promised.PromisedOfWish, wishes.answer_letter),
    "mail.confirmation": writer(promised.PromisedWithMoney, bookings.confirmation_letter),
    "mail.change": writer(promised.PromisedWithMoney, bookings.change_letter),
    "mail.reminder": writer(promised.PromisedReminder, bookings.reminder_letter),
    "mail.cancellation": writer(promised.PromisedWithMoney, bookings.cancellation_letter),
    "mail.refund": writer(promised.PromisedMoneyBack, bookings.refund_letter),
    "mail.payment_failed": writer(promised.PromisedOfBooking, bookings.payment_failed_letter),
    "mail.lost": writer(promised.PromisedOfBooking, bookings.lost_letter),
    "mail.offer": writer(promised.PromisedOfBooking, bookings.offer_letter),
    "mail.free_yes": writer(promised.PromisedOfBooking, bookings.free_yes_letter),
    "mail.closure": writer(promised.PromisedOfBooking, bookings.closure_letter),
    "mail.closure_over": writer(promised.PromisedOpenAgain, bookings.closure_over_letter),
    "mail.annual_pass": writer(promised.PromisedAnnualPass, annual_passes.annual_pass_letter),
    "mail.annual_pass_bought": writer(promised.PromisedOfBooking, annual_passes.annual_pass_bought_letter),
    "mail.gift_card": writer(promised.PromisedGiftCard, gift_cards.gift_card_letter),
    "mail.gift_card_ends": writer(promised.PromisedCardEnd, gift_cards.ending_letter),
    "mail.gift_card_bought": writer(promised.PromisedOfBooking, gift_cards.gift_card_bought_letter),
    "mail.withdrawal": writer(promised.PromisedWithdrawal, withdrawals.withdrawal_letter),
    "mail.withdrawal_told": writer(promised.PromisedOfBooking, withdrawals.told_letter),
    "mail.withdraw_link": writer(promised.PromisedWithdrawLink, withdrawals.link_letter),
    "mail.newsletter": writer(promised.PromisedToSubscriber, newsletter.question_letter),
    "mail.news_trial": writer(promised.PromisedNewsTrial, news.trial_letter),
    "mail.news_link": writer(promised.PromisedToAddress, newsletter.link_letter),
    "mail.waiting": writer(promised.PromisedInLine, others.waiting_letter),
    "mail.waiting_over": writer(promised.PromisedInLine, others.waiting_over_letter),
    "mail.find": writer(promised.PromisedToAddress, others.find_letter),
    "mail.capture_ends": writer(promised.PromisedOfPayment, others.capture_ends_letter),
    "mail.refund_failed": writer(promised.PromisedOfFailure, others.refund_failed_letter),
    "mail.invoice": writer(promised.PromisedInvoice, sent_invoices.invoice_letter),
    "mail.invoice_reminder": writer(promised.PromisedOfInvoice, invoices.reminder_letter),
    "mail.payer_link": writer(promised.PromisedToPayer, invoices.payer_link_letter),
    "mail.invitation": writer(promised.PromisedInvitation, others.invitation_letter),
}


def write(
    kind: str,
    promise_id: int,
    about: Mapping[str, Any],
    settings: Settings,
    made_at: datetime | None = None,
    centre: CentreFacts | None = None,
) -> Letter | None:
    """The letter that a promise asks for; None when there is nothing to say any more. Leaves no transaction open."""
    desk = Desk(settings, centre or the_centre(), promise_id, kind, made_at)
    try:
        return WRITERS[kind](desk, about)
    finally:
        end_reading()
