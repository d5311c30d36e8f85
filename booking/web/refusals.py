"""The one place where a refusal of the domain becomes a sentence for the reader."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from booking.agreements.deadlines import PastDeadline
from booking.agreements.payers import AllowanceUsed, CodeUnknown
from booking.agreements.rules import NoSchools
from booking.bookings.numbers import NeedsNumber, OddNumber
from booking.bookings.rules import (
    AlreadyUsed,
    AlreadyWaiting,
    AnotherSum,
    BookingChanged,
    CompanionAlone,
    NeedsAdmission,
    NeedsAdult,
    NotFull,
    Nothing,
    NotOnSale,
    SeveralDays,
    TooLate,
    TooMany,
    TooManyHolds,
    TooManyPlaces,
    Unknown,
    WrongState,
)
from booking.bookings.together import ChildrenAlone, NeedsCompany, TwoAtOnce
from booking.capacity.change_slot import BelowSold, SlotChangedMeanwhile, TooManyKept
from booking.capacity.closed_hours import UnderClosure
from booking.capacity.educators import NoEducator
from booking.capacity.places import Closed, Full
from booking.closures.answer import MovesByPlan
from booking.closures.close import NotClosed, NothingToClose
from booking.courses.rules import NamesFinal, NoInvoice
from booking.door.admit import CountedMeanwhile, MarkTaken, NotNow, TooManyHeads
from booking.door.attend import NotYetHeld
from booking.door.more import MoreThanBooked, NoRoomInHouse
from booking.kernel.refusals import Refusal
from booking.payments.give_back import MoreThanPaid
from booking.visits.change import MovedByStaff
from booking.visits.orders import BillChanged
from booking.visits.senders import ManyVisits
from booking.web.languages import wording


class TooOdd(Refusal):
    """A quantity that is no whole number."""


@dataclass(frozen=True, slots=True)
class RefusalAnswer:
    """A sentence and the status that goes with it. `warning`: the name of what may be so, if the reader says it is.

    `more` is the number of people that one more press says yes to; `house`: who is said to be in it may be wrong.
    """

    text: str
    status: int
    warning: str = ""
    more: int = 0
    house: bool = False


def sentence(refusal: Refusal) -> RefusalAnswer:
    """What to tell the reader."""
    match refusal:
        case Full(free=0):
            return RefusalAnswer(_("Somebody was faster: that time is full now. Nearby times are shown below."), 409)
        case Full(free=free):
            text = ngettext(
                "Only %(num)s place is left at that time. Choose fewer people or another time.",
                "Only %(num)s places are left at that time. Choose fewer people or another time.",
                free,
            )
            return RefusalAnswer(text, 409)
        case Closed():
            return RefusalAnswer(_("That time has been closed. Please choose another."), 409)
        case Nothing():
            return RefusalAnswer(_("Choose at least one ticket."), 422)
        case NeedsAdult():
            return RefusalAnswer(_("Small children must come with a grown-up. Add an adult ticket."), 422)
        case CompanionAlone():
            return RefusalAnswer(_("A companion goes with somebody who pays: at most one for each."), 422)
        case NeedsCompany(title=title):
            words = wording().words(title)
            return RefusalAnswer(
                _("One of your tickets is sold only together with “%(what)s”. Add one.", what=words), 422
            )
        case TwoAtOnce(one=one, other=other, warning=warning):
            text = _(
                "“%(one)s” and “%(other)s” run at the same time, and you have more places there than you are.",
                one=wording().words(one),
                other=wording().words(other),
            )
            right = _("If that is right, press once more.")
            return RefusalAnswer(f"{text} {right}", 422, "TwoAtOnce") if warning else RefusalAnswer(text, 422)
        case ChildrenAlone():
            text = _("No grown-up comes along with the children. If that is right, press once more.")
            return RefusalAnswer(text, 422, "ChildrenAlone")
        case NeedsNumber(name=name, wanted=wanted):
            text = ngettext(
                "Write %(num)s number for the ticket that asks for it: %(name)s.",
                "Write a number for each of the %(num)s tickets that ask for it, with commas between: %(name)s.",
                wanted,
                name=wording().words(name),
            )
            return RefusalAnswer(text, 422)
        case OddNumber(name=name, typed=typed, shape=""):
            text = _("“%(typed)s” is too long for a number (%(name)s).", typed=typed[:60], name=wording().words(name))
            return RefusalAnswer(text, 422)
        case OddNumber(name=name, typed=typed, shape=shape):
            text = _(
                "“%(typed)s” does not look like such a number (%(name)s): it looks like %(shape)s, where # is a digit "
                "and @ a letter.",
                typed=typed[:60],
                name=wording().words(name),
                shape=shape,
            )
            return RefusalAnswer(text, 422)
        case TooMany(most=most):
            return RefusalAnswer(
                _("At most %(most)s in one booking. For larger groups, please write to us.", most=most), 422
            )
        case TooManyPlaces(most=most, title=title):
            text = ngettext(
                "One booking can have at most %(num)s place at “%(what)s”.",
                "One booking can have at most %(num)s places at “%(what)s”.",
                most,
                what=wording().words(title),
            )
            return RefusalAnswer(text, 422)
        case NotOnSale(opens_at=None):
            return RefusalAnswer(_("The sale for that time has ended. Please choose a later one."), 409)
        case NotOnSale(opens_at=opens_at) if opens_at is not None:
            return RefusalAnswer(_("The sale for that time opens %(when)s.", when=wording().moment(opens_at)), 409)
        case NeedsAdmission():
            return RefusalAnswer(_("Everybody at a show or workshop needs entry that day, before it begins."), 422)
        case SeveralDays():
            return RefusalAnswer(_("One booking is for one day. Make another booking for the other day."), 422)
        case TooManyHolds(most=most):
            text = _(
                "Many places are kept for you or from your network already: at most %(most)s for one day without "
                "payment. Finish or empty those baskets first, or write to us and we will help.",
                most=most,
            )
            return RefusalAnswer(text, 429)
        case AlreadyWaiting():
            text = _("This address is on the list for that time already. The mail that we sent has the link to it.")
            return RefusalAnswer(text, 409)
        case NotFull():
            return RefusalAnswer(
                _("There is room for all of you at one of those times: book it now, no need to wait."), 409
            )
        case AnotherSum(minor=minor):
            text = _(
                "It is %(sum)s by now. Please look once more and say whether it is right.", sum=wording().money(minor)
            )
            return RefusalAnswer(text, 409)
        case BookingChanged():
            return RefusalAnswer(
                _("This page is from before the booking was changed. See below how it is now, and choose again."), 409
            )
        case TooLate(until=until):
            return RefusalAnswer(
                _(
                    "This was possible until %(when)s. Write to us and we will help.",
                    when=wording().moment(until),
                ),
                409,
            )
        case AlreadyUsed():
            return RefusalAnswer(_("Somebody has been let in on this booking, so it cannot be changed here."), 409)
        case WrongState(state="pending"):
            return RefusalAnswer(_("A payment is under way. Finish it or give it up first."), 409)
        case WrongState(state="expired"):
            return RefusalAnswer(_("The time to pay ran out and the places were let go. Choose them again."), 409)
        case WrongState():
            return RefusalAnswer(_("This booking can no longer be changed that way."), 409)
        case MoreThanBooked(came=came, booked=booked, more=more, sold_out=sold_out):
            text = _("%(came)s came, %(booked)s booked: let all %(came)s in?", came=came, booked=booked)
            if sold_out:
                first = _("The house has no room for them once all who are booked have come.")
                text = f"{first} {text}"
            return RefusalAnswer(text, 409, more=more)
        case NoRoomInHouse(more=more, room=room):
            text = ngettext(
                "The house is full: %(num)s more than booked came, and it has room for %(room)s.",
                "The house is full: %(num)s more than booked came, and it has room for %(room)s.",
                more,
                room=room,
            )
            way_out = _("Let in those who are booked now, and the others when somebody has left.")
            return RefusalAnswer(f"{text} {way_out}", 409, house=True)
        case TooManyHeads(left=0):
            return RefusalAnswer(_("All of those are in already."), 409)
        case TooManyHeads(left=left):
            text = ngettext(
                "Only %(num)s of those can still come in. Sell tickets for the others.",
                "Only %(num)s of those can still come in. Sell tickets for the others.",
                left,
            )
            return RefusalAnswer(text, 409)
        case NotNow():
            return RefusalAnswer(_("The ticket is for another time. Write a reason to let them in anyway."), 409)
        case NotYetHeld(starts_at=starts_at):
            return RefusalAnswer(
                _(
                    "The course is held %(when)s: who was there can be ticked from that day on.",
                    when=wording().moment(starts_at),
                ),
                409,
            )
        case CountedMeanwhile():
            text = _("Somebody else has counted here meanwhile. Look at the numbers below, then count once more.")
            return RefusalAnswer(text, 409)
        case MarkTaken():
            return RefusalAnswer(_("That did not reach us right. Please do it once more."), 409)
        case SlotChangedMeanwhile():
            return RefusalAnswer(
                _("Somebody else changed this slot meanwhile. What you typed is kept, not yet saved."), 409
            )
        case BelowSold(taken=taken):
            text = ngettext(
                "%(num)s place is taken, so there cannot be fewer. Move those named below first.",
                "%(num)s places are taken, so there cannot be fewer. Move those named below first.",
                taken,
            )
            return RefusalAnswer(text, 409)
        case NoEducator(starts_at=starts_at):
            when = wording().moment(starts_at)
            return RefusalAnswer(_("No educator is left %(when)s: somebody is away at a school then.", when=when), 409)
        case TooManyKept():
            return RefusalAnswer(_("No more can be kept than there are places."), 422)
        case NothingToClose():
            return RefusalAnswer(_("Nothing runs then that is not closed already."), 409)
        case UnderClosure():
            return RefusalAnswer(_("A closure still holds for it. It opens when that is opened again."), 409)
        case NotClosed():
            return RefusalAnswer(_("That has been opened again already."), 409)
        case MoreThanPaid(left=0):
            return RefusalAnswer(
                _("Nothing is left to pay back: all that was paid online has been paid back already."), 409
            )
        case MoreThanPaid(left=left):
            return RefusalAnswer(_("At most %(sum)s can be paid back.", sum=wording().money(left)), 409)
        case BillChanged() if not refusal.seen:
            return RefusalAnswer(_("This is what it costs and who pays. Look at it, then book."), 409)
        case BillChanged():
            return RefusalAnswer(_("What it costs has changed meanwhile. Look at it once more, then book."), 409)
        case AllowanceUsed(payer=payer):
            return RefusalAnswer(
                _("Nothing is left of the agreement with %(payer)s. Look at who pays now.", payer=payer), 409
            )
        case CodeUnknown():
            return RefusalAnswer(_("No agreement has this code. Check it, or leave it empty."), 422)
        case PastDeadline(until=until):
            return RefusalAnswer(
                _("This was possible until %(day)s. Call us and we will help.", day=wording().day(until)), 409
            )
        case MovesByPlan():
            return RefusalAnswer(
                _(
                    "A class moves with its whole plan: open its visit and choose another time there."
                    " The teacher gets the new plan by mail."
                ),
                409,
            )
        case MovedByStaff():
            return RefusalAnswer(
                _("We have moved part of this visit ourselves. Call us, and we change it together."), 409
            )
        case NamesFinal(until=until):
            return RefusalAnswer(
                _("Names could be changed until %(day)s. Write to us and we will help.", day=wording().day(until)), 409
            )
        case NoInvoice():
            return RefusalAnswer(_("Courses are paid by card here."), 422)
        case ManyVisits():
            text = _("Many visits are booked or asked for from here already. Write to us, and we plan them together.")
            return RefusalAnswer(text, 429)
        case NoSchools():
            return RefusalAnswer(_("School visits cannot be booked here yet. Please write to us."), 409)
        case TooOdd():
            return RefusalAnswer(_("Write how many as a whole number, for example 2."), 422)
        case Unknown():
            return RefusalAnswer(_("That choice no longer exists. Please choose again."), 422)
    return RefusalAnswer(_("That cannot be done."), 409)
