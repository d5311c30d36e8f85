"""What buyers are told when the rules say no."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from booking.annual_passes.refusals import (
    NoSuchPass,
    OddHolders,
    PassForFewer,
    PassFullyBooked,
    PassGivenBack,
    PassMissedTooOften,
    PassNotSold,
    PassNotYet,
    PassOnlyWhenBooking,
    PassOver,
    PassStopped,
    PassTakenThatDay,
)
from booking.bookings.refusals import (
    AlreadyUsed,
    AlreadyWaiting,
    AnotherSum,
    BookingChanged,
    ChildrenAlone,
    CompanionAlone,
    NeedsAdmission,
    NeedsAdult,
    NeedsCompany,
    NeedsNumber,
    NotFull,
    Nothing,
    NotOnSale,
    OddNumber,
    PassStays,
    SeveralDays,
    TooLate,
    TooMany,
    TooManyHolds,
    TooManyPlaces,
    TwoAtOnce,
    Unknown,
    WrongState,
)
from booking.capacity.places import Closed, Full
from booking.centre.facts import NoCentre
from booking.contests.read import team_at
from booking.contests.refusals import EntriesWrong, EntryChangedMeanwhile, EntryOut, ReasonWanted
from booking.discounts.refusals import (
    DiscountNoBetter,
    DiscountNotForThis,
    DiscountNotForYou,
    DiscountNotYet,
    DiscountOver,
    DiscountUsedUp,
    NoSuchDiscount,
)
from booking.gift_cards.refusals import (
    AlreadyPaid,
    CardBlocked,
    CardInOtherMoney,
    CardOver,
    CardSpent,
    CardWithdrawn,
    NoSuchCode,
    NotSold,
    OddAmount,
    OddDay,
)
from booking.payments.pay import NoAnswer
from booking.payments.providers import WayNotOffered
from booking.receipts.additions import AddedTooOften, AdditionTooLate, NothingAdded
from booking.web.languages import wording
from booking.web.refusals import RefusalAnswer, in_words, plain
from booking.withdrawals.refusals import NoRightToWithdraw, NothingLeftToWithdraw, WithdrawalOver

plain(NoCentre, _("The ticket shop is being set up. Please come back soon."), 503)
plain(NoAnswer, _("The payment service does not answer just now. Your places are kept: try again in a moment."), 503)
plain(WayNotOffered, _("That way to pay is not available just now. Your places are kept: choose another."))
plain(Closed, _("That time has been closed. Please choose another."))
plain(Nothing, _("Choose at least one ticket."), 422)
plain(NeedsAdult, _("Small children must come with a grown-up. Add an adult ticket."), 422)
plain(CompanionAlone, _("A companion goes with somebody who pays: at most one for each."), 422)
plain(NeedsAdmission, _("Everybody at a show or workshop needs entry that day, before it begins."), 422)
plain(
    PassStays,
    _(
        "A festival pass is for all days of the festival, so it cannot be moved to another day. "
        "You can change how many."
    ),
    422,
)
plain(SeveralDays, _("One booking is for one day. Make another booking for the other day."), 422)
plain(
    AlreadyWaiting, _("This address is on the list for that time already. The email that we sent has the link to it.")
)
plain(NotFull, _("There is room for all of you at one of those times: book it now, no need to wait."))
plain(BookingChanged, _("This page is from before the booking was changed. See below how it is now, and choose again."))
plain(AlreadyUsed, _("Somebody has been let in on this booking, so it cannot be changed here."))
plain(EntriesWrong, _("Something is missing about who takes part. Look at the fields once more."), 422)
plain(EntryChangedMeanwhile, _("Somebody else has saved this while you were writing. Open it anew."))
plain(EntryOut, _("This entry is no longer in the contest."))
plain(ReasonWanted, _("Say why: it stands in the email to whoever booked."), 422)
plain(
    NoSuchCode,
    _("We know no gift card with this code. Compare it sign by sign: it has 16, and no letter O, I, L or U."),
    422,
)
plain(NoSuchDiscount, _("We know no such code. Compare it sign by sign with where you have it from."), 422)
plain(DiscountOver, _("The time of this discount is over."))
plain(
    DiscountNotForThis,
    _("This discount is for other tickets or other times than those in your basket. It has not been used."),
)
plain(
    DiscountNoBetter,
    _("Your price is at least as good already, and this discount cannot be combined with it. It has not been used."),
)
plain(CardBlocked, _("This gift card is blocked. Write to us and we will help."))
plain(
    CardInOtherMoney,
    _("This gift card was sold in another currency than this order is paid in. Write to us and we will help."),
)
plain(CardWithdrawn, _("Whoever bought this gift card has withdrawn from the purchase: nothing is on it any more."))
plain(CardOver, _("Nothing is left on this gift card, or its last day is past."))
plain(CardSpent, _("The gift card was used for something else meanwhile."))
plain(AlreadyPaid, _("Nothing is left to pay: no other gift card is needed."))
plain(PassNotSold, _("This annual pass is not sold any more. Choose another."))
plain(OddHolders, _("That is more people than this pass is for."), 422)
plain(NoSuchPass, _("There is no annual pass with this code. Check it once more, letter by letter."), 422)
plain(PassStopped, _("This annual pass is blocked. Write to us and we will help."))
plain(PassGivenBack, _("Whoever bought this annual pass has withdrawn from the purchase: it opens nothing any more."))
plain(PassOnlyWhenBooking, _("Tickets for annual passes are chosen when one books. Make another booking for them."))
plain(PassTakenThatDay, _("This annual pass has a booking that day already. Change that one, or choose another day."))
plain(NotSold, _("We do not sell gift cards just now."))
plain(OddAmount, _("A gift card is not sold for that amount."), 422)
plain(OddDay, _("Choose a day from today, at most a year ahead."), 422)
plain(NoRightToWithdraw, _("There is no right of withdrawal from this purchase."))
plain(NothingLeftToWithdraw, _("All of it has been used, and nothing is left to give back."))
plain(NothingAdded, _("Enter a company, a reference, or both."), 422)
plain(AddedTooOften, _("It has been changed five times, and stays as it is. Write to us if something is wrong."))
plain(Unknown, _("That choice no longer exists. Please choose again."), 422)


@in_words.register
def _pass_over(refusal: PassOver) -> RefusalAnswer:
    day = wording().until(wording().full_date(refusal.last_day))
    return RefusalAnswer(gettext("This annual pass is valid until %(day)s: your visit is after that.", day=day), 409)


@in_words.register
def _pass_not_yet(refusal: PassNotYet) -> RefusalAnswer:
    day = wording().from_day(wording().full_date(refusal.first_day))
    return RefusalAnswer(gettext("This annual pass is valid from %(day)s: your visit is before that.", day=day), 409)


@in_words.register
def _pass_fully_booked(refusal: PassFullyBooked) -> RefusalAnswer:
    text = ngettext(
        "This annual pass has %(num)s booking to come, and no more are possible at once. Use or cancel it first.",
        "This annual pass has %(num)s bookings to come, and no more are possible at once. Use or cancel one first.",
        refusal.most,
    )
    return RefusalAnswer(text, 409)


@in_words.register
def _pass_missed(refusal: PassMissedTooOften) -> RefusalAnswer:
    text = gettext(
        "Times that were booked with this annual pass were not used, so it takes no bookings before %(day)s is over. "
        "You may still come straight in while there is room.",
        day=wording().until(wording().full_date(refusal.until)),
    )
    return RefusalAnswer(text, 409)


@in_words.register
def _pass_for_fewer(refusal: PassForFewer) -> RefusalAnswer:
    text = ngettext(
        "Your annual pass is for %(num)s person at once: choose other tickets for the others.",
        "Your annual passes are for %(num)s people at once: choose other tickets for the others.",
        refusal.admits,
    )
    return RefusalAnswer(text, 409)


@in_words.register
def _full(refusal: Full) -> RefusalAnswer:
    team = team_at(refusal.slot_id) if refusal.free else 1
    if refusal.free < team:
        return RefusalAnswer(gettext("Somebody was faster: that time is now full. Nearby times are shown below."), 409)
    if team > 1:
        text = ngettext(
            "There is room for only %(num)s team at that time. Choose fewer teams or another time.",
            "There is room for only %(num)s teams at that time. Choose fewer teams or another time.",
            refusal.free // team,
        )
        return RefusalAnswer(text, 409)
    text = ngettext(
        "Only %(num)s place is left at that time. Choose fewer people or another time.",
        "Only %(num)s places are left at that time. Choose fewer people or another time.",
        refusal.free,
    )
    return RefusalAnswer(text, 409)


@in_words.register
def _needs_company(refusal: NeedsCompany) -> RefusalAnswer:
    words = wording().words(refusal.title)
    return RefusalAnswer(
        gettext("One of your tickets is sold only together with “%(what)s”. Add one.", what=words), 422
    )


@in_words.register
def _two_at_once(refusal: TwoAtOnce) -> RefusalAnswer:
    text = gettext(
        "“%(one)s” and “%(other)s” run at the same time, and you have more places there than you are.",
        one=wording().words(refusal.title),
        other=wording().words(refusal.other_title),
    )
    right = gettext("If that is right, press once more.")
    return RefusalAnswer(f"{text} {right}", 422, "TwoAtOnce") if refusal.warning else RefusalAnswer(text, 422)


@in_words.register
def _children_alone(refusal: ChildrenAlone) -> RefusalAnswer:
    text = gettext("No grown-up comes along with the children. If that is right, press once more.")
    return RefusalAnswer(text, 422, "ChildrenAlone")


@in_words.register
def _needs_number(refusal: NeedsNumber) -> RefusalAnswer:
    text = ngettext(
        "Enter %(num)s number for the ticket that asks for it: %(name)s.",
        "Enter a number for each of the %(num)s tickets that ask for it, with commas between: %(name)s.",
        refusal.wanted,
        name=wording().words(refusal.name),
    )
    return RefusalAnswer(text, 422)


@in_words.register
def _odd_number(refusal: OddNumber) -> RefusalAnswer:
    if refusal.shape == "":
        text = gettext(
            "“%(typed)s” is too long for a number (%(name)s).",
            typed=refusal.typed[:60],
            name=wording().words(refusal.name),
        )
        return RefusalAnswer(text, 422)
    text = gettext(
        "“%(typed)s” does not look like such a number (%(name)s): it looks like %(shape)s, where # is a digit "
        "and @ a letter.",
        typed=refusal.typed[:60],
        name=wording().words(refusal.name),
        shape=refusal.shape,
    )
    return RefusalAnswer(text, 422)


@in_words.register
def _too_many(refusal: TooMany) -> RefusalAnswer:
    return RefusalAnswer(
        gettext("At most %(most)s in one booking. For larger groups, please write to us.", most=refusal.most), 422
    )


@in_words.register
def _too_many_places(refusal: TooManyPlaces) -> RefusalAnswer:
    text = ngettext(
        "One booking can have at most %(num)s place at “%(what)s”.",
        "One booking can have at most %(num)s places at “%(what)s”.",
        refusal.most,
        what=wording().words(refusal.title),
    )
    return RefusalAnswer(text, 422)


@in_words.register
def _not_on_sale(refusal: NotOnSale) -> RefusalAnswer:
    if refusal.opens_at is None:
        return RefusalAnswer(gettext("The sale for that time has ended. Please choose a later one."), 409)
    return RefusalAnswer(
        gettext("The sale for that time opens %(when)s.", when=wording().on_day(wording().moment(refusal.opens_at))),
        409,
    )


@in_words.register
def _too_many_holds(refusal: TooManyHolds) -> RefusalAnswer:
    text = gettext(
        "Many places are kept for you or from your network already: at most %(most)s for one day without "
        "payment. Finish or empty those baskets first, or write to us and we will help.",
        most=refusal.most,
    )
    return RefusalAnswer(text, 429)


@in_words.register
def _another_sum(refusal: AnotherSum) -> RefusalAnswer:
    text = gettext(
        "It is %(sum)s by now. Please look once more and say whether it is right.", sum=wording().money(refusal.minor)
    )
    return RefusalAnswer(text, 409)


@in_words.register
def _too_late(refusal: TooLate) -> RefusalAnswer:
    return RefusalAnswer(
        gettext(
            "This was possible until %(when)s. Write to us and we will help.",
            when=wording().until(wording().moment(refusal.until)),
        ),
        409,
    )


@in_words.register
def _wrong_state(refusal: WrongState) -> RefusalAnswer:
    if refusal.state == "pending":
        return RefusalAnswer(gettext("A payment is under way. Finish it or give it up first."), 409)
    if refusal.state == "expired":
        return RefusalAnswer(gettext("The time to pay ran out and the places were released. Choose them again."), 409)
    return RefusalAnswer(gettext("This booking can no longer be changed that way."), 409)


@in_words.register
def _addition_too_late(refusal: AdditionTooLate) -> RefusalAnswer:
    text = gettext(
        "Something could be added until %(day)s. The receipt stays as it is.",
        day=wording().until(wording().full_date(refusal.until)),
    )
    return RefusalAnswer(text, 409)


@in_words.register
def _discount_not_yet(refusal: DiscountNotYet) -> RefusalAnswer:
    return RefusalAnswer(
        gettext(
            "This discount is for orders from %(day)s on.", day=wording().from_day(wording().full_date(refusal.on))
        ),
        409,
    )


@in_words.register
def _discount_used_up(refusal: DiscountUsedUp) -> RefusalAnswer:
    if not refusal.name:
        return RefusalAnswer(gettext("This code has been used already."), 409)
    name = wording().words(refusal.name)
    return RefusalAnswer(gettext("All discounts of “%(name)s” have been used.", name=name), 409)


@in_words.register
def _discount_not_for_you(refusal: DiscountNotForYou) -> RefusalAnswer:
    text = ngettext(
        "With this email address the discount has been used already: it is for %(num)s order each. It has been taken "
        "off again: see the price without it before you pay.",
        "With this email address the discount has been used already: it is for %(num)s orders each. It has been taken "
        "off again: see the price without it before you pay.",
        refusal.most,
    )
    return RefusalAnswer(text, 409)


@in_words.register
def _withdrawal_over(refusal: WithdrawalOver) -> RefusalAnswer:
    text = gettext(
        "You could withdraw from the purchase until %(day)s. Write to us and we will help.",
        day=wording().until(wording().full_date(refusal.last_day)),
    )
    return RefusalAnswer(text, 409)
