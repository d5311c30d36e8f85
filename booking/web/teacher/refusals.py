"""What teachers are told when the rules say no."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from booking.agreements.deadlines import PastDeadline
from booking.agreements.limits import TooManyGroups
from booking.agreements.payers import AllowanceUsed, CodeUnknown
from booking.agreements.references import OrgNumberWrong, ReferenceMissing, ReferenceWrong
from booking.agreements.rules import NoSchools
from booking.courses.rules import NamesFinal, NoInvoice
from booking.feedback.feedback import AnswersClosed
from booking.kernel import clock
from booking.releases.fairness import KeptForOthers, ShareUsed
from booking.releases.openings import NotYetReleased, OthersFirst
from booking.visit_waiting.waiting import PlacesThere, TooManyWaits
from booking.visits.adjust import LastClass, NotThatDay
from booking.visits.change import ChangedSince, MovedByStaff, SaidYesBefore
from booking.visits.orders import BillChanged
from booking.visits.senders import ManyVisits
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, in_words, plain
from booking.wishes.refusals import CannotPrepare, NotThisRelease, SameWish, TooEarly, TooManyOptions, WishGone

plain(PlacesThere, _("There is room for the class as it is: book the visit, no need to wait."))
plain(AnswersClosed, _("The visit is so long ago that the answer can no longer be given or changed."), 410)
plain(CodeUnknown, _("No agreement has this code. Check it, or leave it empty."), 422)
plain(MovedByStaff, _("We have moved part of this visit ourselves. Call us, and we change it together."))
plain(NoInvoice, _("Courses are paid by card here."), 422)
plain(
    ManyVisits, _("Many visits are booked or asked for from here already. Write to us, and we plan them together."), 429
)
plain(NoSchools, _("School visits cannot be booked here yet. Please write to us."))
plain(ChangedSince, _("The visit has been changed meanwhile. Look at it once more."))
plain(SaidYesBefore, _("The visit has been confirmed from this address meanwhile. If it is not yours, cancel it."))
plain(LastClass, _("That is the only class. Cancel the visit instead."))
plain(NotThatDay, _("That can be said on the day of the visit."))
plain(OthersFirst, _("Others came before you and wait for their answer. Try again in a moment."))
plain(NotThisRelease, _("A wish is for the same classes and for one release day. Choose another plan."))
plain(SameWish, _("There is a wish for these classes already. Look for the email with the link to it."))
plain(TooManyOptions, _("A wish has from one to three plans."))
plain(WishGone, _("This wish can no longer be changed or sent."))


@in_words.register
def _org_number_wrong(refusal: OrgNumberWrong) -> RefusalAnswer:
    if refusal.misprint:
        return RefusalAnswer(gettext("A digit in it must be wrong: check it once more."), 422)
    text = gettext("That is no organisation number: one has %(count)s digits.", count=refusal.digits)
    return RefusalAnswer(text, 422)


@in_words.register
def _reference_missing(refusal: ReferenceMissing) -> RefusalAnswer:
    return RefusalAnswer(gettext("The payer asks for a reference such as %(example)s.", example=refusal.example), 422)


@in_words.register
def _reference_wrong(refusal: ReferenceWrong) -> RefusalAnswer:
    if not refusal.example:
        return RefusalAnswer(gettext("At most 60 characters."), 422)
    return RefusalAnswer(gettext("The payer's references look like %(example)s.", example=refusal.example), 422)


@in_words.register
def _bill_changed(refusal: BillChanged) -> RefusalAnswer:
    if not refusal.seen:
        return RefusalAnswer(gettext("This is what it costs and who pays. Look at it, then book."), 409)
    return RefusalAnswer(gettext("What it costs has changed meanwhile. Look at it once more, then book."), 409)


@in_words.register
def _allowance_used(refusal: AllowanceUsed) -> RefusalAnswer:
    return RefusalAnswer(
        gettext("Nothing is left of the agreement with %(payer)s. Look at who pays now.", payer=refusal.payer), 409
    )


@in_words.register
def _past_deadline(refusal: PastDeadline) -> RefusalAnswer:
    return RefusalAnswer(
        gettext(
            "This was possible until %(day)s. Call us and we will help.",
            day=wording().until(wording().day(refusal.until)),
        ),
        409,
    )


@in_words.register
def _names_final(refusal: NamesFinal) -> RefusalAnswer:
    return RefusalAnswer(
        gettext(
            "Names could be changed until %(day)s. Write to us and we will help.",
            day=wording().until(wording().day(refusal.until)),
        ),
        409,
    )


@in_words.register
def _too_many_groups(refusal: TooManyGroups) -> RefusalAnswer:
    text = ngettext(
        "One of these programmes takes %(num)s class in one booking. Call us if you are more.",
        "One of these programmes takes %(num)s classes in one booking. Call us if you are more.",
        refusal.most,
    )
    return RefusalAnswer(text, 422)


@in_words.register
def _too_many_waits(refusal: TooManyWaits) -> RefusalAnswer:
    return RefusalAnswer(
        gettext("You stand in line %(most)s times already. Leave one of the lists first.", most=refusal.most), 409
    )


@in_words.register(NotYetReleased)
@in_words.register(CannotPrepare)
def _not_open(refusal: NotYetReleased | CannotPrepare) -> RefusalAnswer:
    opens_at, prepare_from = refusal.release.opens_at, refusal.release.prepare_from
    if clock.now() >= opens_at:
        return RefusalAnswer(gettext("It has opened: wishes can no longer be changed."), 409)
    if clock.now() >= prepare_from:
        return RefusalAnswer(gettext("This opens %(when)s.", when=wording().on_day(wording().moment(opens_at))), 409)
    text = gettext(
        "This opens %(when)s. Wishes can be prepared from %(from_)s.",
        when=wording().on_day(wording().moment(opens_at)),
        from_=wording().from_day(wording().moment(prepare_from)),
    )
    return RefusalAnswer(text, 409)


@in_words.register
def _too_early(refusal: TooEarly) -> RefusalAnswer:
    to_the_second = f"{wording().on_day(wording().moment(refusal.opens_at))}:{centre().local(refusal.opens_at):%S}"
    text = gettext("Not yet: it opens %(when)s. Your wish is kept, stay on this page.", when=to_the_second)
    return RefusalAnswer(text, 409)


@in_words.register
def _share_used(refusal: ShareUsed) -> RefusalAnswer:
    if refusal.until is None:
        return RefusalAnswer(gettext("Your school has its share of this release day already."), 409)
    when = wording().from_day(wording().moment(refusal.until))
    return RefusalAnswer(gettext("Your school has its share already. You can book more from %(when)s.", when=when), 409)


@in_words.register
def _kept_for_others(refusal: KeptForOthers) -> RefusalAnswer:
    if refusal.until is None:
        return RefusalAnswer(gettext("What is left is kept for schools that have not been here lately."), 409)
    text = gettext(
        "What is left is kept until %(when)s for schools that have not been here lately.",
        when=wording().until(wording().moment(refusal.until)),
    )
    return RefusalAnswer(text, 409)
