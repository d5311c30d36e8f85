"""What the facts of the log are called, and the words for values that are states."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import gettext as _

from booking.history.by_language import once_a_language
from booking.reports import delivery_names, names


class FactFormat(StrEnum):
    """How a value is written."""

    AS_IT_IS = "as_it_is"  # moments and dates as the language has them
    MONEY = "money"
    WEEKDAYS = "weekdays"
    WORDS = "words"


@once_a_language
def fact_names() -> dict[str, tuple[str, FactFormat]]:
    """Label and manner by name."""
    plain, money, words = FactFormat.AS_IT_IS, FactFormat.MONEY, FactFormat.WORDS
    return {
        "accounts": (_("Accounts"), plain),
        "activities": (_("Activities"), plain),
        "alt": (_("What is to be seen"), plain),
        "amount": (_("Amount"), money),
        "app": (_("Authenticator"), plain),
        "applied": (_("On invoices"), money),
        "asked": (_("Asked for"), money),
        "back_on_card": (_("Back on the card"), money),
        "bookings": (_("Bookings"), plain),
        "by_invoice": (_("By invoice"), plain),
        "capacity": (_("Places"), plain),
        "change": (_("Changes what is there"), plain),
        "closure": (_("Closing"), plain),
        "codes": (_("Codes"), plain),
        "currency": (_("Currency"), plain),
        "days": (_("Days"), plain),
        "delivery": (_("Delivery"), words),
        "decided": (_("Decided by"), words),
        "debit": (_("Debit"), money),
        "newsletter_topics": (_("Topics"), plain),
        "send_at": (_("Goes out"), plain),
        "end": (_("Until"), plain),
        "entry": (_("Entry in a contest"), plain),
        "expires_on": (_("Last day"), plain),
        "expected_at": (_("Expected"), plain),
        "failures": (_("Wrong guesses"), plain),
        "fee": (_("Fee"), money),
        "file_name": (_("File"), plain),
        "format": (_("Format"), plain),
        "groups": (_("Classes"), plain),
        "had_one": (_("Had one before"), plain),
        "heads": (_("People"), plain),
        "in_till": (_("Of it in the till"), money),
        "on_cards": (_("Of it on gift cards"), money),
        "kept": (_("Kept for schools"), plain),
        "kind": (_("Kind"), words),
        "lang": (_("Language"), words),
        "left": (_("Left"), money),
        "letters": (_("Letters"), plain),
        "logo": (_("Logo"), plain),
        "name_changed": (_("Name changed"), plain),
        "note": (_("Note"), plain),
        "number": (_("Number"), plain),
        "open": (_("Open to all"), plain),
        "opens_at": (_("Opens"), plain),
        "over": (_("Paid too much"), money),
        "paid": (_("Paid for it"), money),
        "participant": (_("Participant"), plain),
        "participants": (_("Participants"), plain),
        "passkey": (_("Passkey"), plain),
        "passkeys": (_("Passkeys"), plain),
        "payment": (_("Payment"), plain),
        "pays": (_("Pays"), words),
        "payable": (_("To pay"), money),
        "people": (_("People"), plain),
        "picture": (_("Picture"), plain),
        "places": (_("Places"), plain),
        "programmes": (_("Programmes"), plain),
        "reason": (_("Reason"), plain),
        "receipt": (_("Receipt from the till"), plain),
        "refund": (_("Back"), money),
        "release_at": (_("Open to everybody from"), plain),
        "remove": (_("Removes"), plain),
        "reset": (_("Second factor begun anew"), plain),
        "role": (_("Role"), words),
        "rows": (_("Rows"), plain),
        "sessions": (_("Sign-ins"), plain),
        "slot": (_("Time slot"), plain),
        "slots": (_("Time slots"), plain),
        "start": (_("From"), plain),
        "starts_at": (_("Begins"), plain),
        "state": (_("Status"), words),
        "status": (_("Status"), words),
        "stays": (_("What stays"), plain),
        "total": (_("Total"), money),
        "vat": (_("VAT"), money),
        "verdict": (_("The door said"), words),
        "vouchers": (_("Vouchers"), plain),
        "waiting": (_("To be matched"), money),
        "way": (_("How"), words),
        "weekdays": (_("Weekdays"), FactFormat.WEEKDAYS),
        "what": (_("What"), words),
        "why": (_("Why"), words),
        "wishes": (_("Wishes"), plain),
        "work": (_("Work"), plain),
        "written_off": (_("Written off"), money),
    }


def values_in_words(name: str) -> dict[str, str]:
    """What the values of such a fact are called."""
    match name:
        case "role":
            return {
                "admin": _("Administrator"),
                "desk": _("Front desk"),
                "educator": _("Educator"),
                "finance": _("Finance"),
            }
        case "state" | "status":
            return (
                {state.value: words for state, words in names.states().items()}
                | {
                    "open": _("Open"),
                    "ended": _("Ended"),
                    "closed": _("Closed for sale"),
                    "cancelled": _("Cancelled"),
                }
                | _of_disputes()
            )
        case "delivery":
            return {str(state): words for state, words in delivery_names.delivery_states().items()}
        case "decided":
            return {
                "count": _("the count at the door"),
                "fallback": _("nobody counted in time: as booked"),
                "hand": _("a person"),
            }
        case "verdict":
            return {
                "welcome": _("Welcome"),
                "ask": _("Count them first"),
                "already_in": _("In already"),
                "too_early": _("Too early"),
                "too_late": _("Too late"),
                "wrong_day": _("Another day"),
                "elsewhere": _("Another room"),
                "cancelled": _("Cancelled"),
                "unpaid": _("Not paid"),
                "pass_blocked": _("The annual pass is blocked"),
                "pass_ended": _("The annual pass is over"),
                "pass_not_yet": _("The annual pass is not valid yet"),
                "pass_replaced": _("The annual pass has a new code"),
                "pass_no_room": _("No room just now"),
                "unknown": _("Unknown"),
                "foreign": _("Not one of ours"),
            }
        case "way":
            return {
                "link": _("One-time link"),
                "password": _("Password"),
                "app": _("Authenticator"),
                "recovery": _("Recovery code"),
                "passkey": _("Passkey"),
                "first_come": _("First come, first served"),
                "drawing": _("Drawing"),
                "letter": _("By email"),
                "counter": _("At the desk"),
            }
        case "why":
            return {
                "illness": _("Illness"),
                "weather": _("Weather"),
                "power": _("Power cut"),
                "other": _("Other"),
            }
        case "pays":
            return {"card": _("By card"), "invoice": _("By invoice")}
        case "kind":
            return names.letters()
    return {}


def _of_disputes() -> dict[str, str]:
    """States of a dispute, as the payment provider names them (Stripe's dispute.status)."""
    return {
        "warning_needs_response": _("The bank asks"),
        "warning_under_review": _("The bank looks into it"),
        "warning_closed": _("The bank asks no more"),
        "needs_response": _("The bank waits for an answer"),
        "under_review": _("The bank looks into it"),
        "won": _("Won"),
        "lost": _("Lost"),
        "prevented": _("Prevented"),
    }
