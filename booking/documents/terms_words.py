"""What terms say in sentences, the same on a page before booking, on the page after, and in the letter.

Never a date that is past: what could be done until then is not worth saying to who could never do it.
"""

from __future__ import annotations

from flask_babel import gettext as _

from booking.agreements.heads import HeadsRule, HeadsTerms
from booking.agreements.terms import TermsToday
from booking.centre.wording import Wording
from booking.kernel.money import Money


def cancelling_words(standing: TermsToday, write: Wording, *, is_request: bool = False, is_each: bool = False) -> str:
    """What cancelling costs, now and later; `is_each`: the sum is for one place of several.

    `is_request`: staff have not said yes, and until they have it costs nothing to withdraw.
    """

    sentences: list[str] = []
    late, whole = (_sum(money, write, is_each) for money in (standing.late, standing.same_day))
    free_until = write.until(write.day(standing.dates.free_until))
    is_over, is_the_day = standing.today > standing.dates.free_until, standing.today >= standing.dates.on
    if is_request:
        sentences.append(_("As long as we have not said yes, you can withdraw at no cost."))
        if not is_over:
            sentences.append(_("Cancelling is free until %(day)s.", day=free_until))
        elif standing.same_day if is_the_day else standing.late:
            sentences.append(_("After that cancelling costs %(sum)s.", sum=whole if is_the_day else late))
    elif standing.is_free_until_later:
        sentences.append(_("Cancelling is free until %(day)s.", day=free_until))
        if standing.late == standing.same_day:
            sentences.append(_("After that it costs %(sum)s.", sum=whole))
        elif not standing.late:
            sentences.append(_("On the day itself it costs %(sum)s.", sum=whole))
        else:
            sentences.append(_("After that it costs %(sum)s, on the day itself %(whole)s.", sum=late, whole=whole))
    elif standing.fee.amount:
        fee = _sum(standing.fee.amount, write, is_each)
        sentences.append(_("If you cancel, %(sum)s is owed from now on.", sum=fee))
        if not is_the_day and standing.late != standing.same_day:
            sentences.append(_("On the day itself it costs %(sum)s.", sum=whole))
    else:
        sentences.append(_("Cancelling costs nothing."))
    return " ".join(sentences)


def number_words(standing: TermsToday, write: Wording) -> str:
    """Until when one can change how many come."""
    if standing.can_change_number:
        return str(
            _("You can change the number until %(day)s.", day=write.until(write.day(standing.dates.number_until)))
        )
    return str(_("The number is final once you have booked."))


def _sum(money: Money, write: Wording, is_each: bool) -> str:
    amount = write.money(money.minor, money.currency)
    return str(_("%(sum)s each", sum=amount)) if is_each else amount


def heads_words(heads: HeadsTerms) -> str:
    """By which number the invoice is, where it is not as booked."""
    match heads.rule:
        case HeadsRule.BOOKED:
            return ""
        case HeadsRule.COUNTED:
            return str(_("The invoice is for those who are counted at the door."))
        case HeadsRule.FLOOR:
            text = _(
                "The invoice is for those who are counted at the door, but for at least %(percent)s%% of the booked.",
                percent=heads.floor_percent,
            )
            return str(text)
