"""Which parts each letter has: what belongs to it, and nothing of what belongs to another.

Whoever is told that a payment failed need not read how to find us, nor that the café is open: nobody is coming yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Block(StrEnum):
    """A part that several letters have, named as the class that marks it in their HTML."""

    PICTURE = "sight"  # of what is booked
    LINES = "lines"  # what is booked, with its sums
    PLAN = "plan"  # the day of each class
    REFERENCE = "reference"
    CODE = "show-code"  # where the ticket is shown
    WAY = "way"  # where we are and how to get here
    TERMS = "terms"  # until when something may be changed, and what it costs
    BUTTON = "button"
    RECEIPTS = "receipts"  # where those of what was paid and paid back are; in a change only if it moved money
    BENEATH = "beneath"  # the centre's words for those who are coming


_B = Block
_COMING = frozenset({_B.PICTURE, _B.REFERENCE, _B.BUTTON, _B.WAY, _B.BENEATH})
_ABOUT_A_BOOKING = frozenset({_B.LINES, _B.REFERENCE, _B.BUTTON})
_ANSWERED = frozenset({_B.BUTTON})
_PLAN = _COMING | {_B.PLAN, _B.TERMS}
_COURSE = _COMING | {_B.LINES, _B.TERMS}
_AWAY = frozenset({_B.REFERENCE, _B.BUTTON, _B.TERMS})  # we come to them
_SAID: frozenset[Block] = frozenset()

# By key, see kinds.key_of. `news` is left out: it is what the centre writes.
BLOCKS: Mapping[str, frozenset[Block]] = {
    "confirmation": _COMING | {_B.LINES, _B.CODE, _B.TERMS, _B.RECEIPTS},
    "reminder": _COMING | {_B.LINES, _B.CODE},
    "change": _COMING - {_B.WAY} | {_B.LINES, _B.TERMS},
    "free_yes": frozenset({_B.LINES, _B.BUTTON}),
    "cancellation": _ABOUT_A_BOOKING | {_B.RECEIPTS},
    "refund": _ABOUT_A_BOOKING | {_B.RECEIPTS},
    "payment_failed": _ABOUT_A_BOOKING,
    "lost": _ABOUT_A_BOOKING,
    "find": _SAID,
    "closure": _ABOUT_A_BOOKING,
    "closure_over": _ABOUT_A_BOOKING | {_B.PICTURE, _B.BENEATH},
    "waiting": _ANSWERED,
    "waiting_over": _ANSWERED,
    "offer": _ABOUT_A_BOOKING | {_B.PICTURE},
    "visit_asked": _ANSWERED | {_B.TERMS},
    "visit_declined": _SAID,
    "visit-confirmation": _PLAN,
    "visit-visit_week": _PLAN,
    "visit-reminder": _PLAN,
    "visit-change": _PLAN,
    "visit_number": _ANSWERED | {_B.REFERENCE},
    "visit_cancelled-cancellation": _SAID | {_B.REFERENCE},
    "visit_before": _ANSWERED,
    "visit_feedback": _ANSWERED,
    "visit_waiting": _ANSWERED,
    "visit_waiting_over": _ANSWERED,
    "visit_offer": _ANSWERED | {_B.PICTURE},
    "my_visits": _ANSWERED,
    "visit_copy": _ANSWERED,
    "wish": _ANSWERED,
    "wish_answer": _ANSWERED,
    "outreach-confirmation": _AWAY | {_B.PICTURE},
    "outreach-visit_week": _AWAY | {_B.PICTURE},
    "outreach-reminder": _AWAY | {_B.PICTURE},
    "outreach-change": _AWAY | {_B.PICTURE},
    "course_booked-confirmation": _COURSE,
    "course_booked-reminder": _COURSE,
    "course_booked-change": _COURSE,
    "course_cancelled-cancellation": _SAID | {_B.REFERENCE},
    "course_place": _COMING - {_B.REFERENCE, _B.BUTTON} | {_B.CODE},
    "course_off": _SAID,
    "certificate": _SAID,
    "invoice": _ANSWERED,
    "invoice_reminder": _ANSWERED,
    "payer_link": _ANSWERED,
    "annual_pass": frozenset({_B.PICTURE, _B.BUTTON, _B.WAY, _B.TERMS}),
    "annual_pass_bought": frozenset({_B.REFERENCE, _B.BUTTON, _B.TERMS}),
    "gift_card": frozenset({_B.PICTURE, _B.BUTTON, _B.WAY}),
    "gift_card_bought": frozenset({_B.REFERENCE, _B.BUTTON, _B.TERMS}),
    "gift_card_ends": _ANSWERED,
    "withdrawal": frozenset({_B.REFERENCE, _B.BUTTON}),
    "withdraw_link": frozenset({_B.REFERENCE, _B.BUTTON}),
    "withdrawal_told": _ANSWERED,
    "newsletter": _ANSWERED,
    "news_link": _ANSWERED,
    "invitation": _ANSWERED,
    "refund_failed": _ANSWERED,
    "capture_ends": _ANSWERED,
}


def blocks_of(key: str) -> frozenset[Block]:
    """The parts that a letter has."""
    return BLOCKS.get(key, _SAID)
