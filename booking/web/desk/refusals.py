"""What the desk is told when the rules say no."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from booking.door.refusals import (
    CountedMeanwhile,
    MarkTaken,
    MoreThanBooked,
    NoRoomInHouse,
    NotNow,
    NotYetHeld,
    TooManyHeads,
)
from booking.web.languages import wording
from booking.web.refusals import RefusalAnswer, in_words, plain

plain(NotNow, _("The ticket is for another time. Write a reason to let them in anyway."))
plain(CountedMeanwhile, _("Somebody else has counted here meanwhile. Look at the numbers below, then count once more."))
plain(MarkTaken, _("That did not reach us properly. Please try again."))


@in_words.register
def _more_than_booked(refusal: MoreThanBooked) -> RefusalAnswer:
    text = gettext("%(came)s came, %(booked)s booked: let all %(came)s in?", came=refusal.came, booked=refusal.booked)
    if refusal.sold_out:
        first = gettext("The house has no room for them once all who are booked have come.")
        text = f"{first} {text}"
    return RefusalAnswer(text, 409, more=refusal.more)


@in_words.register
def _no_room_in_house(refusal: NoRoomInHouse) -> RefusalAnswer:
    text = ngettext(
        "The house is full: %(num)s more than booked came, and it has room for %(room)s.",
        "The house is full: %(num)s more than booked came, and it has room for %(room)s.",
        refusal.more,
        room=refusal.room,
    )
    way_out = gettext("Let in those who are booked now, and the others when somebody has left.")
    return RefusalAnswer(f"{text} {way_out}", 409, house=True)


@in_words.register
def _too_many_heads(refusal: TooManyHeads) -> RefusalAnswer:
    if refusal.left == 0:
        return RefusalAnswer(gettext("All of those are in already."), 409)
    text = ngettext(
        "Only %(num)s of those can still come in. Sell tickets for the others.",
        "Only %(num)s of those can still come in. Sell tickets for the others.",
        refusal.left,
    )
    return RefusalAnswer(text, 409)


@in_words.register
def _not_yet_held(refusal: NotYetHeld) -> RefusalAnswer:
    return RefusalAnswer(
        gettext(
            "The course is held %(when)s: who was there can be ticked from that day on.",
            when=wording().moment(refusal.starts_at),
        ),
        409,
    )
