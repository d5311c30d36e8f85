"""Why a request failed, in words for the staff: by the name of what was raised, since nothing else is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from booking.web.refusals import PLAIN

# Those that are told with values in them: names, sums and days, which are not kept.
WITH_VALUES: Mapping[str, LazyString] = {
    # Tickets.
    "Full": _("There were not so many places left at that time."),
    "NeedsCompany": _("A ticket that is sold only together with another was alone."),
    "TwoAtOnce": _("Two of the chosen things run at the same time, with more places than people."),
    "ChildrenAlone": _("No grown-up came along with the children."),
    "NeedsNumber": _("A number that a ticket asks for was missing."),
    "OddNumber": _("A number that a ticket asks for did not look like one."),
    "TooMany": _("More people than one booking may have."),
    "TooManyPlaces": _("More places at one thing than one booking may have."),
    "NotOnSale": _("The sale for that time had ended, or had not begun."),
    "TooManyHolds": _("Too many places without payment from one address or one network."),
    "AnotherSum": _("The price had changed since they looked."),
    "TooLate": _("It was too late: the time to do that was over."),
    "WrongState": _("The booking had ended, run out, or a payment was under way."),
    "AdditionTooLate": _("It was too late to add something to the receipt."),
    "DiscountNotYet": _("The discount was for orders from a later day on."),
    "DiscountUsedUp": _("The discount or its code had been used as often as it may be."),
    "DiscountNotForYou": _("The buyer had ordered with the discount as often as one may."),
    "WithdrawalOver": _("It was too late to withdraw from the purchase."),
    "PassOver": _("The annual pass is over by the day of the visit."),
    "PassNotYet": _("The annual pass was not valid yet on the day of the visit."),
    "PassFullyBooked": _("The annual pass had as many bookings to come as it may."),
    "PassMissedTooOften": _("Too many bookings with the annual pass had been missed: it waits for a while."),
    "PassForFewer": _("More people than the annual passes are for."),
    # Schools.
    "OrgNumberWrong": _("The organisation number was wrong."),
    "ReferenceMissing": _("The payer asks for a reference, and there was none."),
    "ReferenceWrong": _("The reference was not as the payer wants it."),
    "BillChanged": _("What it costs or who pays had changed since they looked."),
    "AllowanceUsed": _("Nothing was left of the agreement that was to pay."),
    "PastDeadline": _("It was too late: the last day to do that was over."),
    "NamesFinal": _("It was too late to change names."),
    "TooManyGroups": _("More classes than one booking may have."),
    "TooManyWaits": _("They stood in too many lines already."),
    "NotYetReleased": _("The release day had not opened, or wishes could no longer be changed."),
    "CannotPrepare": _("The release day had not opened, or wishes could no longer be changed."),
    "TooEarly": _("The release day had not opened."),
    "ShareUsed": _("The school had its share of the release day already."),
    "KeptForOthers": _("What was left was kept for schools that have not been here lately."),
    # The door.
    "MoreThanBooked": _("More came than were booked, and nobody had said yes to that."),
    "NoRoomInHouse": _("The house was full."),
    "TooManyHeads": _("More were to be let in than could still come."),
    "NotYetHeld": _("The course had not been held yet."),
    # Answers that no rule of the house gives.
    "CSRFError": _("The page had been open for too long, or the browser keeps no cookies. Loading it anew helps."),
    "BadRequest": _("What was sent could not be read."),
    "Forbidden": _("The account may not open that page."),
    "NotFound": _("There is no such thing: the link is old or mistyped, or what it showed is gone."),
    "MethodNotAllowed": _("The address takes no such request: not from a button of ours."),
    "RequestEntityTooLarge": _("What was sent was too large."),
    "RequestTimeout": _("What was sent came too slowly."),
    "RateLimitExceeded": _("Too many tries in a short while."),
    "TooManyRequests": _("Too many tries in a short while."),
    "Gone": _("It was there and has ended."),
    "Conflict": _("Something else had come before it."),
}


def why(cause: str, status: int) -> str:
    """What the reader was told, without the values; a fault of ours as such."""
    words = WITH_VALUES.get(cause) or PLAIN.get(cause)
    if words is not None:
        return str(words)
    ours = _("A fault of the software. The log has more under this number: tell whoever runs it.")
    return str(ours if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _("A rule did not allow it."))
