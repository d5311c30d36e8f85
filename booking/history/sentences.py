"""The log in words: every act a sentence, every fact with its name, sums as money and moments as a clock shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import flask_babel

from booking.centre.wording import Wording
from booking.history.by_language import once_a_language
from booking.history.fact_words import FactFormat, fact_names, values_in_words

UNSAID = ("version", "slots_had")  # for the database and for pages alone
QUIET = "…"  # what the log keeps of a value that is nobody's business: that there was one


def _(text: str, **values: object) -> str:
    return str(flask_babel.gettext(text, **values))


@dataclass(frozen=True, slots=True)
class FactName:
    """What a fact is called and how its value is written."""

    label: str
    words: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class LogSentence:
    """One entry in words: what was done, and its facts as "name: before → after"."""

    act: str
    facts: tuple[str, ...]


def log_sentence(
    action: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    wording: Wording,
    fields: Mapping[str, FactName] | None = None,
) -> LogSentence:
    """An entry in the reader's language. `fields` name what forms ask, for entries about rows that are kept by form."""
    before, after = before or {}, after or {}
    names = list(dict.fromkeys((*before, *after)))
    known = fields or {}
    facts = [
        _fact(name, before, after, known.get(name) or _named(name, wording)) for name in names if name not in UNSAID
    ]
    return LogSentence(act(action), tuple(fact for fact in facts if fact))


def act(action: str) -> str:
    """What was done. Rows that are kept by form have three acts each."""
    words = acts().get(action)
    if words is not None:
        return words
    what, _dot, verb = action.rpartition(".")
    thing = things().get(what, what)
    match verb:
        case "add":
            return _("Added: %(thing)s", thing=thing)
        case "change":
            return _("Changed: %(thing)s", thing=thing)
        case "remove":
            return _("Removed: %(thing)s", thing=thing)
    return f"{thing}: {verb}" if thing else action


def subject(of: str, names: Mapping[str, str]) -> str:
    """What it was done to: a name where there is one, else the kind of thing and its number."""
    if of in names:
        return names[of]
    kind, _colon, number = of.partition(":")
    thing = things().get(kind, kind)
    return f"{thing} {number}".strip() if re.fullmatch(r"[0-9]*", number) else thing


def _fact(name: str, before: Mapping[str, Any], after: Mapping[str, Any], fact: FactName) -> str:
    old, new = (side.get(name) for side in (before, after))
    if name in before and name in after:
        if old == new:
            return _("%(name)s: other than before", name=fact.label) if old == QUIET else ""
        return _("%(name)s: %(before)s → %(after)s", name=fact.label, before=_value(old, fact), after=_value(new, fact))
    value = new if name in after else old
    return "" if value is None else _("%(name)s: %(value)s", name=fact.label, value=_value(value, fact))


def _value(value: Any, fact: FactName) -> str:  # noqa: ANN401  (whatever JSON holds)
    if value is None or value in ("", []):
        return _("nothing")
    if value == QUIET:
        return _("written, not kept here")
    return fact.words(value)


def _named(name: str, wording: Wording) -> FactName:
    label, how = fact_names().get(name, (name.replace("_", " "), FactFormat.AS_IT_IS))
    return FactName(label, lambda value: value_of(value, how, name, wording))


def value_of(value: Any, how: FactFormat, name: str, wording: Wording) -> str:  # noqa: ANN401  (whatever JSON holds)
    """A value of the log as a reader sees it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return wording.words(value) or ", ".join(f"{key}: {part}" for key, part in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(value_of(part, how, name, wording) for part in value)
    if how is FactFormat.MONEY and isinstance(value, int):
        return wording.money(value)
    if how is FactFormat.WEEKDAYS and isinstance(value, int):
        return wording.weekdays(value)
    if how is FactFormat.WORDS:
        return values_in_words(name).get(str(value), str(value))
    return _moment(str(value), wording)


def _moment(text: str, wording: Wording) -> str:
    """An ISO date, time of day or moment as the language writes it; anything else as it is."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.+]+)?|[0-9]{2}:[0-9]{2}(:[0-9]{2})?", text):
        return text
    try:
        if "T" in text:
            return wording.moment(datetime.fromisoformat(text))
        return wording.day(date.fromisoformat(text)) if "-" in text else f"{time.fromisoformat(text):%H:%M}"
    except ValueError:
        return text


@once_a_language
def acts() -> dict[str, str]:
    """Every act that is not just a row kept by form."""
    return {
        "account.add": _("Account made"),
        "account.describe": _("Own account described anew"),
        "account.end": _("Account ended"),
        "account.link": _("One-time link made"),
        "account.reopen": _("Account opened again"),
        "account.role": _("Role changed"),
        "account.wait": _("Wrong guesses: has to wait"),
        "agreement.code": _("Agreement: new code"),
        "agreement.link": _("Agreement: new link"),
        "app.enrol": _("Authenticator set up"),
        "app.remove": _("Authenticator removed"),
        "bank.match": _("Bank: payment put on an invoice"),
        "bank.set_aside": _("Bank: payment set aside"),
        "bank.take": _("Bank: file taken"),
        "bank.take_back": _("Bank: said which payment went back"),
        "bank.undo": _("Bank: undone what was said of a payment"),
        "bank.use_over": _("Bank: what was paid too much can be used"),
        "books.accounts": _("Accounts of the books changed"),
        "books.close": _("Month closed"),
        "books.payout": _("Payout entered"),
        "books.payout_taken_back": _("Payout taken back"),
        "booking.address": _("Email address corrected"),
        "booking.cancel": _("Booking cancelled"),
        "booking.withdraw": _("Purchase withdrawn from"),
        "booking.withdraw_rest": _("More of a withdrawn purchase paid back"),
        "booking.cancel_reason": _("Why it was cancelled"),
        "booking.change": _("Booking changed"),
        "booking.expected": _("Expected at another time"),
        "booking.move": _("Moved because of a closing"),
        "booking.part_back": _("What was closed is paid back"),
        "booking.send_again": _("Tickets sent once more"),
        "campaign.codes": _("Campaign: codes made"),
        "campaign.go_on": _("Campaign goes on"),
        "campaign.stop": _("Campaign stopped"),
        "centre.add": _("Centre set up"),
        "centre.logo": _("Logo changed"),
        "partner.logo": _("Logo of a partner changed"),
        "certificate.withdraw": _("Certificate withdrawn"),
        "closure.called": _("Called because of a closing"),
        "closure.close": _("Closed"),
        "closure.refund_rest": _("Money back to those who never answered"),
        "closure.reopen": _("Opened again"),
        "contest.correct": _("Entry in a contest corrected"),
        "contest.enter": _("Entry in a contest written"),
        "contest.take_out": _("Entry taken out of a contest"),
        "contest.withdraw": _("Entry in a contest withdrawn"),
        "course.cancel": _("Course places cancelled"),
        "course.enrol": _("Course places booked"),
        "course.give_up": _("Course place given up"),
        "course.rename": _("Participants' names changed"),
        "course.rules": _("Rules for courses changed"),
        "day.close": _("Day closed"),
        "charge.dispute.funds_withdrawn": _("The bank took disputed money"),
        "charge.dispute.created": _("The bank asks the payment back"),
        "capture.failed": _("What was approved in Vipps could not be taken yet"),
        "charge.dispute.closed": _("The bank has decided on the payment"),
        "door.correct": _("Count corrected"),
        "door.let_in_anyway": _("Let in anyway"),
        "door.till_sale": _("Sold in the till"),
        "door.undo": _("Letting in undone"),
        "waiting.take_off": _("Taken off the waiting list"),
        "door.unknown_code": _("Let in with a code that is not ours"),
        "export.bookings": _("Bookings taken out as a file"),
        "export.collector": _("List for the collector taken out as a file"),
        "export.discount_codes": _("Discount codes taken out as a file"),
        "export.entries": _("Entries of a contest taken out as a file"),
        "export.feedback": _("Feedback taken out as a file"),
        "export.invoices": _("Invoices taken out as a file"),
        "export.letters": _("Letters taken out as a file"),
        "export.log": _("Log taken out as a file"),
        "export.participants": _("Participants taken out as a file"),
        "gift_card.address": _("Gift card: address corrected"),
        "gift_card.block": _("Gift card blocked"),
        "gift_card.dispute_won": _("Gift card can be used again: the bank decided for us"),
        "gift_card.disputed": _("Gift card blocked: its payment is disputed"),
        "gift_card.extend": _("Gift card: another last day"),
        "gift_card.hand_over": _("Gift card handed over at the desk"),
        "gift_card.new_code": _("Gift card: new code"),
        "gift_card.unblock": _("Gift card unblocked"),
        "house.count": _("People in the house counted"),
        "import.rows": _("Rows imported"),
        "mail_text.change": _("Own words in a letter changed"),
        "outbox.again": _("Tried again"),
        "outbox.resend": _("Letter sent once more"),
        "outreach.book": _("Programme at the school booked"),
        "outreach.change": _("Programme at the school changed"),
        "passkey.add": _("Passkey added"),
        "passkey.remove": _("Passkey removed"),
        "password.set": _("Password set"),
        "payment.lapsed": _("What was approved in Vipps has lapsed untaken"),
        "payment.other_sum": _("Paid another sum than asked for"),
        "payment.returned": _("Payment came too late and goes back"),
        "payer_link.close": _("Link to a payer's invoices closed"),
        "payer_link.replace": _("Link to a payer's invoices made anew"),
        "person.erase": _("A person's data erased"),
        "person.file": _("A person's data handed out as a file"),
        "person.show": _("A person's data looked up"),
        "picture.drop": _("Picture taken away"),
        "picture.keep": _("Picture changed"),
        "recovery.renew": _("New recovery codes"),
        "recovery.use": _("Recovery code used"),
        "refund.after_dispute": _("Paid back: the bank decided for us"),
        "refund.by_hand": _("Refund done by hand"),
        "refund.by_staff": _("Money given back by staff"),
        "refund.dashboard": _("Money given back in the provider's own pages"),
        "refund.failed": _("Refund failed"),
        "refund.not_covered": _("Refund not covered by what was paid"),
        "refund.paid_out": _("Money paid out in the centre's till"),
        "refund.retry": _("Refund tried again"),
        "release.go_on": _("Release day goes on"),
        "release.publish": _("Release day published"),
        "release.remove": _("Release day removed"),
        "release.withdraw": _("Release day withdrawn"),
        "invoice.credit": _("Credit note issued"),
        "invoice.issue": _("Invoice issued"),
        "invoice.leave": _("Invoice left as it was although the visit changed"),
        "invoice.references": _("Reference for the invoice changed"),
        "invoice.lapsed": _("Invoice: what was open when its years were over"),
        "invoice.write_off": _("Invoice written off"),
        "invoice.write_off_again": _("Invoice: what was paid of a write-off went back, and is written off again"),
        "invoice.write_off_recovered": _("Invoice: what was written off came after all"),
        "invoice.paid_released": _("Invoice: what is paid beyond what is left stands as paid too much"),
        "invoice.write_off_undone": _("Invoice: what was written off is asked for again"),
        "receivable.let_go": _("Will not be claimed"),
        "receivable.let_go_moved": _("Will not be claimed: another sum by the count"),
        "receivable.claim_after_all": _("Claimed after all"),
        "invoice.send_again": _("Invoice: sent again"),
        "invoice.make_again": _("Invoice: its files made again"),
        "invoice.reminder_again": _("Reminder of an invoice: sent again"),
        "invoice.reminder_left_out": _("Reminder of an invoice: left out"),
        "invoice.arrived": _("Invoice: said that it arrived"),
        "invoice.by_mail": _("Invoice: sent by mail instead"),
        "invoice.outside": _("Invoice: sent in another way"),
        "invoice.reported": _("Invoice: reported to the tax authority"),
        "invoice.collector": _("Invoice handed over to the collector"),
        "invoice.collector_ended": _("Invoice taken back from the collector"),
        "invoice.disputed": _("Invoice disputed: no reminders"),
        "invoice.disputed_ended": _("Invoice not disputed any more"),
        "material.file": _("File for teachers kept"),
        "news_block.add": _("Newsletter: block added"),
        "news_block.remove": _("Newsletter: block taken out"),
        "news_issue.remove": _("Newsletter thrown away"),
        "subscriber.remove": _("Newsletter: what was kept of a reader deleted"),
        "news_issue.begin": _("Newsletter begun"),
        "news_issue.schedule": _("Newsletter scheduled"),
        "news_issue.withdraw": _("Newsletter back to a draft"),
        "news_issue.halt": _("Newsletter halted"),
        "news_issue.go_on": _("Newsletter goes on"),
        "subscriber.returned": _("Newsletter: letters that came back"),
        "subscriber.take_off": _("Newsletter: reader taken off the list"),
        "centre.topics": _("Newsletter: topics changed"),
        "export.subscribers": _("Newsletter: readers taken out as a file"),
        "release.write": _("Release day written"),
        "session.begin": _("Signed in"),
        "session.end": _("Signed out"),
        "slot.cancelled": _("Time cancelled"),
        "slot.change": _("Time changed"),
        "slot.closed": _("Time closed for sale"),
        "slot.open": _("Time opened for sale"),
        "slots.make": _("Weekly times applied"),
        "slots.undo": _("Applied times taken back"),
        "ticket_type.sold_for": _("Ticket type: sold for other activities"),
        "visit.approve": _("School visit approved"),
        "visit.prove": _("School visit confirmed from its own mailbox"),
        "visit.book": _("School visit booked"),
        "visit.cancel": _("School visit cancelled"),
        "visit.change": _("School visit changed"),
        "visit.decline": _("School visit declined"),
        "visit.reckon": _("Number of heads to bill decided"),
        "visit.needs": _("Needs of the visit changed"),
        "work.again": _("Work begun again"),
        "work.stop": _("Work stopped"),
    }


@once_a_language
def things() -> dict[str, str]:
    """What an entry may be about."""
    return {
        "account": _("Account"),
        "activity": _("Activity"),
        "agreement": _("Agreement"),
        "allotment": _("Places kept for schools"),
        "bank_file": _("File from the bank"),
        "bank_row": _("Payment in the bank"),
        "booking": _("Booking"),
        "waiting": _("Waiting list"),
        "visit_waiting": _("Schools' waiting list"),
        "campaign": _("Campaign"),
        "centre": _("The centre"),
        "closure": _("Closing"),
        "contest": _("How a contest is entered"),
        "contest_field": _("What a contest asks"),
        "course_rules": _("Rules for courses"),
        "day": _("A day that differs"),
        "duty": _("Educators on duty"),
        "hours": _("Opening hours"),
        "gift_card": _("Gift card"),
        "pass_kind": _("Kind of annual pass"),
        "house": _("The house"),
        "invoice": _("Invoice"),
        "late_rate": _("Interest and fee"),
        "list": _("A list"),
        "mail_text": _("Own words in a letter"),
        "mark": _("A code"),
        "news_issue": _("Newsletter"),
        "news_block": _("Block of a newsletter"),
        "outreach": _("Programme at the school"),
        "pattern": _("Weekly times"),
        "payment": _("Payment"),
        "person": _("A person"),
        "price": _("Price"),
        "programme": _("Programme"),
        "school_show": _("Show for school classes"),
        "promise": _("Letter or task"),
        "refund": _("Refund"),
        "reminder_step": _("Step of reminders"),
        "release": _("Release day"),
        "school": _("School"),
        "school_holiday": _("School holiday"),
        "partner": _("Partner"),
        "invoice_payer": _("Payer of invoices"),
        "books_rules": _("Accounts of the books"),
        "material": _("File or link of a programme"),
        "month": _("Month"),
        "payout": _("Payout"),
        "invoice_rules": _("Rules for invoices"),
        "sending_rules": _("Sending of invoices"),
        "payer_sending": _("Sending to a payer"),
        "school_rules": _("Rules for schools"),
        "slot": _("Time slot"),
        "subscriber": _("Reader of the newsletter"),
        "space": _("Room"),
        "ticket_type": _("Ticket type"),
        "travel": _("Way to a municipality"),
        "work": _("Work"),
    }
