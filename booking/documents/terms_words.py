"""What terms say in sentences, the same on a page before booking, on the page after, and in the letter.

Never a date that is past: what could be done until then is not worth saying to who could never do it.
"""

from __future__ import annotations

from flask_babel import gettext as _

from booking.agreements.terms import TermsToday
from booking.centre.wording import Wording
from booking.kernel.money import Money


def cancelling_words(there: TermsToday, write: Wording, *, is_request: bool = False, is_each: bool = False) -> str:
    """What cancelling costs, now and later; `is_each`: the sum is for one place of several.

    `is_request`: staff have not said yes, and until they have it costs nothing to withdraw.
    """

    said: list[str] = []
    late, whole = (_sum(money, write, is_each) for money in (there.late, there.same_day))
    free_until = write.day(there.dates.free_until)
    is_over, is_the_day = there.today > there.dates.free_until, there.today >= there.dates.on
    if is_request:
        said.append(_("As long as we have not said yes, you can withdraw at no cost."))
        if not is_over:
            said.append(_("Cancelling is free until %(day)s.", day=free_until))
        elif there.same_day if is_the_day else there.late:
            said.append(_("After that cancelling costs %(sum)s.", sum=whole if is_the_day else late))
    elif there.is_free_until_later:
        said.append(_("Cancelling is free until %(day)s.", day=free_until))
        if there.late == there.same_day:
            said.append(_("After that it costs %(sum)s.", sum=whole))
        elif not there.late:
            said.append(_("On the day itself it costs %(sum)s.", sum=whole))
        else:
            said.append(_("After that it costs %(sum)s, on the day itself %(whole)s.", sum=late, whole=whole))
    elif there.fee.amount:
        owed = _sum(there.fee.amount, write, is_each)
        said.append(_("If you cancel, %(sum)s is owed from now on.", sum=owed))
        if not is_the_day and there.late != there.same_day:
            said.append(_("On the day itself it costs %(sum)s.", sum=whole))
    else:
        said.append(_("Cancelling costs nothing."))
    return " ".join(said)


def number_words(there: TermsToday, write: Wording) -> str:
    """Until when one can change how many come."""
    if there.can_change_number:
        return str(_("You can change the number until %(day)s.", day=write.day(there.dates.number_until)))
    return str(_("The number is final once you have booked."))


def _sum(money: Money, write: Wording, is_each: bool) -> str:
    said = write.money(money.minor, money.currency)
    return str(_("%(sum)s each", sum=said)) if is_each else said
