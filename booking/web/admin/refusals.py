"""What those who run the centre are told when the rules say no."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from booking.agreements.references import PatternWrong
from booking.capacity.change_slot import BelowSold, NoSuchSlot, SlotChangedMeanwhile, TooManyKept
from booking.capacity.closed_hours import UnderClosure
from booking.capacity.educators import NoEducator
from booking.centre.edits import CentreThere
from booking.closures.answer import MovesByPlan
from booking.closures.close import NotClosed, NothingToClose
from booking.discounts.refusals import CodeInUse, OddCode
from booking.invoicing.ahead.additions import AdditionNotAsShown, CreditedInPart, NothingMoreOwed
from booking.invoicing.bank.by_hand import (
    InvoiceNotOpen,
    NoSuchInvoice,
    NoSuchRow,
    OtherMoney,
    PaidMeanwhile,
    ReasonMissing,
    RowSettled,
)
from booking.invoicing.bank.file import BrokenHead, OtherAccount, OtherMessage
from booking.invoicing.bank.rows import BrokenRow, RowFault
from booking.invoicing.bank.xml import LARGEST as LARGEST_BANK_FILE
from booking.invoicing.bank.xml import BankFileRefused, BankFileTooLarge, DocumentTypeThere, NoBankFile, NotXml
from booking.invoicing.credit import (
    LONGEST_REASON,
    CreditedMeanwhile,
    CreditReasonWrong,
    LinesCredited,
    MoreThanLeft,
    NotCreditable,
    NothingChosen,
    NothingLeftToCredit,
    NothingToInvoiceAnew,
)
from booking.invoicing.issue import NotSetUp, ReceivableGone, ReceivableWaits
from booking.invoicing.payer.links import LinkClosed
from booking.invoicing.reminders.holds import HeldAlready, HoldReasonWrong, NotHeld, NothingToHold
from booking.invoicing.sending.by_hand import DecisionReasonMissing, DeliveryMoved, NoLetterAddress
from booking.kernel.file_kinds import ContentKind
from booking.mail.own_words import WordsTooLong
from booking.materials.checking import LARGEST as LARGEST_MATERIAL
from booking.materials.checking import MaterialFault, MaterialRefused
from booking.payments.give_back import MoreThanPaid
from booking.pictures.keeping import PictureChangedMeanwhile
from booking.pictures.logo_files import LogoFault, LogoRefused
from booking.pictures.making import LARGEST as LARGEST_PICTURE
from booking.pictures.making import PictureFault, PictureRefused
from booking.reckoning import reckon
from booking.reckoning.reckon import HeadsInvoiced, NotReckoned, ReckoningReasonWrong
from booking.records.audited_rows import Gone, InUse, Meets, RowChangedMeanwhile
from booking.registry.edits import BelowUsed, Limit
from booking.releases.refusals import InTheMiddle, NotDraft, NothingReleased, OpensInThePast, Overlaps
from booking.reports.period import LONGEST, BadPeriod
from booking.web.file_words import what_it_is
from booking.web.languages import wording
from booking.web.refusals import RefusalAnswer, in_words, plain

plain(CodeInUse, _("Another campaign has this code, or one that cannot be told from it."))
plain(OddCode, _("A code has 3 to 15 letters and digits, such as SUMMER25."), 422)
plain(ReceivableGone, _("Somebody has invoiced it already, or it has changed. The list is as it stands now."))
plain(ReceivableWaits, _("Something is missing for this invoice. The list says what."))
plain(NotSetUp, _("The account and address of the centre are missing."))
plain(HeldAlready, _("Somebody has said so already. This is how it stands now."))
plain(HoldReasonWrong, _("Say why, in at most 200 characters."), 422)
plain(NotHeld, _("That is not so any more. This is how it stands now."))
plain(NothingToHold, _("Nothing of it is open."))
plain(LinkClosed, _("The link is closed. Make a new one first."))
plain(NotCreditable, _("Only an invoice can be credited."))
plain(NothingLeftToCredit, _("All of the invoice is credited already."))
plain(NothingChosen, _("Mark a line, or write a sum above 0."), 422)
plain(CreditedMeanwhile, _("Somebody else has just credited something of it. This is how it stands now."))
plain(
    LinesCredited,
    _("Something of these lines is credited already. Credit a sum, or all that is left."),
)
plain(NothingMoreOwed, _("Nothing more is owed for it."))
plain(AdditionNotAsShown, _("This is what it comes to as it stands now. Look at it, then press once more."))
plain(CreditedInPart, _("Something of it is credited. Credit all of it and invoice anew."))
plain(NothingToInvoiceAnew, _("Nothing is owed for it any more. Nothing was credited; credit it by itself."))
plain(DeliveryMoved, _("It stands otherwise by now. This is how."))
plain(NoLetterAddress, _("The payer has no email address."))
plain(DecisionReasonMissing, _("Say why, in at most 200 characters."), 422)
plain(NotReckoned, _("There are no heads to decide on: it is not over, was not here, is paid, or is long past."))
plain(HeadsInvoiced, _("It stands on an invoice. Credit that first; then the number can be decided anew."))
plain(CentreThere, _("Somebody else has just made the centre. This is theirs."))
plain(RowChangedMeanwhile, _("Somebody else has saved this while you were writing. Look at it once more."))
plain(InUse, _("It is in use and stays. Make it inactive, or take away what uses it first."))
plain(
    Meets,
    _("Somebody else has just saved something that this cannot stand beside. Look at the list, then try again."),
)
plain(Gone, _("It is no longer there."), 404)
plain(WordsTooLong, _("That is too long."), 422)
plain(NoSuchSlot, _("There is no such time any more."), 404)
plain(SlotChangedMeanwhile, _("Somebody else changed this slot meanwhile. What you typed is kept, not yet saved."))
plain(TooManyKept, _("No more can be kept than there are places."), 422)
plain(NothingToClose, _("Nothing runs then that is not closed already."))
plain(UnderClosure, _("A closure still holds for it. It opens when that is opened again."))
plain(NotClosed, _("That has been opened again already."))
plain(
    MovesByPlan,
    _(
        "A class moves with its whole plan: open its visit and choose another time there."
        " The teacher gets the new plan by mail."
    ),
)
plain(NotDraft, _("Its rules have been told to everybody: they stand."))
plain(Overlaps, _("One of its programmes is part of another release day on some of these dates."))
plain(NothingReleased, _("None of its programmes has a session on these dates. Make the timetable first."))
plain(OpensInThePast, _("It would be open already. Choose a later opening."))
plain(InTheMiddle, _("People stand in line for it at this moment. Wait until they have their answer."))
plain(NoSuchRow, _("There is no such payment."), 404)
plain(RowSettled, _("Somebody has dealt with that payment already. The list is as it stands now."))
plain(OtherMoney, _("The currencies or the sums are not the same."))
plain(ReasonMissing, _("Say why it is for no invoice."), 422)
plain(PaidMeanwhile, _("It cannot be undone: the invoice has been paid by somebody else meanwhile."))
plain(BankFileRefused, _("The file cannot be read. Nothing of it was taken."), 422)
plain(DocumentTypeThere, _("The file declares a document type, which no bank's file does. It was not read."), 422)


@in_words.register
def _below_sold(refusal: BelowSold) -> RefusalAnswer:
    text = ngettext(
        "%(num)s place is taken, so there cannot be fewer. Move those named below first.",
        "%(num)s places are taken, so there cannot be fewer. Move those named below first.",
        refusal.taken,
    )
    return RefusalAnswer(text, 409)


@in_words.register
def _no_educator(refusal: NoEducator) -> RefusalAnswer:
    when = wording().moment(refusal.starts_at)
    return RefusalAnswer(gettext("No educator is left %(when)s: somebody is away at a school then.", when=when), 409)


@in_words.register
def _more_than_paid(refusal: MoreThanPaid) -> RefusalAnswer:
    if refusal.left == 0:
        return RefusalAnswer(
            gettext("Nothing is left to pay back: all that was paid online has been paid back already."), 409
        )
    return RefusalAnswer(gettext("At most %(sum)s can be paid back.", sum=wording().money(refusal.left)), 409)


@in_words.register
def _more_than_left(refusal: MoreThanLeft) -> RefusalAnswer:
    left = wording().money(refusal.left, refusal.currency)
    return RefusalAnswer(gettext("At most %(sum)s is left to credit.", sum=left), 422)


@in_words.register
def _credit_reason(_refusal: CreditReasonWrong) -> RefusalAnswer:
    return RefusalAnswer(gettext("Say why, in at most %(most)s characters.", most=LONGEST_REASON), 422)


@in_words.register
def _reckoning_reason(_refusal: ReckoningReasonWrong) -> RefusalAnswer:
    most = reckon.LONGEST_REASON
    return RefusalAnswer(gettext("Say why, in at most %(most)s characters.", most=most), 422)


@in_words.register
def _below_used(refusal: BelowUsed) -> RefusalAnswer:
    year = f"{refusal.year}/{refusal.year + 1}"
    if refusal.limit is Limit.CLASS:
        text = ngettext(
            "%(who)s has had %(num)s visit in %(year)s already. Choose at least so many.",
            "%(who)s has had %(num)s visits in %(year)s already. Choose at least so many.",
            refusal.used,
            who=refusal.who,
            year=year,
        )
    elif refusal.limit is Limit.VISITS:
        text = ngettext(
            "%(num)s class visit has been booked for %(year)s already. Choose at least so many.",
            "%(num)s class visits have been booked for %(year)s already. Choose at least so many.",
            refusal.used,
            year=year,
        )
    else:
        text = ngettext(
            "%(num)s pupil has been booked for %(year)s already. Choose at least so many.",
            "%(num)s pupils have been booked for %(year)s already. Choose at least so many.",
            refusal.used,
            year=year,
        )
    return RefusalAnswer(text, 409)


@in_words.register
def _pattern_wrong(refusal: PatternWrong) -> RefusalAnswer:
    where = min(refusal.position + 1, len(refusal.pattern))
    return RefusalAnswer(gettext("Sign %(number)s of the pattern means nothing here.", number=where), 422)


@in_words.register
def _logo_refused(refusal: LogoRefused) -> RefusalAnswer:
    words: dict[LogoFault, str] = {
        LogoFault.TOO_LARGE: gettext("It is too large: at most 100 kB, and 2000 pixels a side."),
        LogoFault.NEITHER: gettext("Choose a PNG or an SVG file."),
        LogoFault.UNDRAWABLE: gettext(
            "We cannot draw it: it is too wide, empty, or made of too many parts. Save it as a PNG, or make it simpler."
        ),
        LogoFault.BROKEN: gettext("The file is broken. Save it anew and try again."),
        LogoFault.UNSAFE: gettext(
            "The SVG does more than draw (scripts, links, fonts or pictures from elsewhere). Save it as plain SVG."
        ),
    }
    return RefusalAnswer(words[refusal.fault], 422)


plain(PictureChangedMeanwhile, _("Somebody else has changed the picture meanwhile. This is how it is now."))


@in_words.register
def _picture_refused(refusal: PictureRefused) -> RefusalAnswer:
    words: dict[PictureFault, str] = {
        PictureFault.TOO_LARGE: gettext("It is too large: at most %(size)s MB.", size=LARGEST_PICTURE // 1_000_000),
        PictureFault.NO_PICTURE: gettext(
            "This is no picture that we can read. Save it as JPEG, PNG, WebP or AVIF; a phone's HEIC as JPEG."
        ),
        PictureFault.BROKEN: gettext("The file is broken. Save it anew and try again."),
        PictureFault.TOO_MANY_PIXELS: gettext("It has too many pixels. Make it smaller: 2400 pixels wide is plenty."),
        PictureFault.TOO_SMALL: gettext(
            "It is too small: at least 480 pixels wide and 320 high, better 1600 and more wide."
        ),
        PictureFault.TOO_HARD: gettext("We could not work with this file. Save it anew as JPEG and try again."),
        PictureFault.BUSY: gettext("Another picture is being cut just now. Wait a moment, then send it again."),
    }
    return RefusalAnswer(words[refusal.fault], 503 if refusal.fault is PictureFault.BUSY else 422)


@in_words.register
def _material_refused(refusal: MaterialRefused) -> RefusalAnswer:
    words: dict[MaterialFault, str] = {
        MaterialFault.TOO_LARGE: gettext("It is too large: at most %(size)s MB.", size=LARGEST_MATERIAL // 1_000_000),
        MaterialFault.UNKNOWN: gettext(
            "This is none of the kinds that teachers can open everywhere. Choose PDF, docx, pptx, PNG or JPEG."
        ),
        MaterialFault.OLD_OFFICE: gettext(
            "This is in an old format of Word or PowerPoint, or has a password. Save it as docx, pptx or PDF, without "
            "one."
        ),
        MaterialFault.BROKEN: gettext("The file is broken. Save it anew and try again."),
        MaterialFault.LOCKED: gettext("The file has a password. Save it without one, so that teachers can open it."),
        MaterialFault.DOES: gettext(
            "The file does more than show: it has a macro, a script or another file in it, or fetches something from "
            "elsewhere. Save it as an ordinary PDF, and bring that."
        ),
        MaterialFault.TOO_MANY_PIXELS: gettext(
            "It has too many pixels. Make it smaller: 3000 pixels a side is plenty."
        ),
        MaterialFault.TOO_HARD: gettext("We could not work with this file. Save it anew as PDF and try again."),
    }
    return RefusalAnswer(words[refusal.fault], 422)


@in_words.register
def _bad_period(_refusal: BadPeriod) -> RefusalAnswer:
    text = gettext("Choose at most %(days)s days, the first before the last.", days=LONGEST)
    return RefusalAnswer(text, 422)


@in_words.register
def _bank_file_too_large(_refusal: BankFileTooLarge) -> RefusalAnswer:
    text = gettext(
        "The file is too large: at most %(size)s MB. Ask the bank for one of fewer days.",
        size=LARGEST_BANK_FILE // 1_000_000,
    )
    return RefusalAnswer(text, 422)


@in_words.register
def _no_such_invoice(refusal: NoSuchInvoice) -> RefusalAnswer:
    if not refusal.number:
        return RefusalAnswer(gettext("Enter the number of the invoice."), 422)
    return RefusalAnswer(gettext("There is no invoice %(number)s.", number=refusal.number), 422)


@in_words.register
def _invoice_not_open(refusal: InvoiceNotOpen) -> RefusalAnswer:
    return RefusalAnswer(gettext("Nothing is left to pay on invoice %(number)s.", number=refusal.number), 409)


@in_words.register
def _not_xml(refusal: NotXml) -> RefusalAnswer:
    if refusal.line == 0:
        text = gettext("That is no XML file. Choose the file as it comes from the bank (camt.054, XML).")
    else:
        text = gettext(
            "The file is broken at line %(line)s, perhaps cut short. Fetch it from the bank once more.",
            line=refusal.line,
        )
    return RefusalAnswer(text, 422)


@in_words.register
def _no_bank_file(refusal: NoBankFile) -> RefusalAnswer:
    text = what_it_is(refusal.kind) + " " + gettext("Choose the file as it comes from the bank (camt.054, XML).")
    if refusal.kind is ContentKind.PAYOUTS:
        text = gettext("These are payouts of the payment provider. They belong on the page Payouts, under Books.")
    return RefusalAnswer(text, 422)


@in_words.register
def _other_message(refusal: OtherMessage) -> RefusalAnswer:
    text = gettext("That is not a bank's notice of payments (camt.054, version 02 or 08).")
    if refusal.namespace:
        text += " " + gettext("The file says that it is %(kind)s.", kind=refusal.namespace)
    return RefusalAnswer(text, 422)


@in_words.register
def _broken_head(refusal: BrokenHead) -> RefusalAnswer:
    text = gettext(
        "%(element)s is missing in the file or cannot be read. Nothing of it was taken.", element=refusal.element
    )
    return RefusalAnswer(text, 422)


@in_words.register
def _other_account(refusal: OtherAccount) -> RefusalAnswer:
    if not refusal.accounts:
        return RefusalAnswer(gettext("The file is about no account."), 422)
    shown = ", ".join(refusal.accounts[:5])
    text = gettext("The file is not about the centre's account but about %(accounts)s.", accounts=shown)
    return RefusalAnswer(text, 422)


@in_words.register
def _broken_row(refusal: BrokenRow) -> RefusalAnswer:
    words: dict[RowFault, str] = {
        RowFault.AMOUNT: gettext("its amount cannot be read"),
        RowFault.CURRENCY: gettext("its currency is missing or another than that of the whole sum"),
        RowFault.DIRECTION: gettext("it does not say whether money came in or went out"),
        RowFault.STATUS: gettext("it does not say whether it is booked"),
        RowFault.DATE: gettext("its date is missing or cannot be read"),
        RowFault.REFERENCE: gettext("a reference is longer than 35 characters"),
        RowFault.SUM: gettext("its parts do not add up to the whole sum"),
    }
    text = gettext(
        "Payment %(number)s of the file is not right: %(fault)s. Nothing of the file was taken.",
        number=refusal.number,
        fault=f"{words[refusal.fault]} ({refusal.written})" if refusal.written else words[refusal.fault],
    )
    return RefusalAnswer(text, 422)
