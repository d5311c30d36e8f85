"""What the refusals of the books are told as, and of what is not claimed or written off."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from booking.books.accounts import AccountsChangedMeanwhile
from booking.books.closing import (
    AccountsMissing,
    BooksNotSetUp,
    DoesNotAgree,
    MonthClosed,
    MonthNotOver,
    MovedMeanwhile,
)
from booking.books.exports.rows import MonthOpen
from booking.books.payouts.enter import (
    NoSuchPayout,
    PayoutAlike,
    PayoutDayWrong,
    PayoutReasonWrong,
    PayoutThere,
    PayoutUnlike,
    PayoutWrong,
)
from booking.books.payouts.file import (
    LARGEST,
    READ,
    NoPayoutFile,
    NothingPaidOut,
    OtherFileThanPayouts,
    PayoutColumnsMissing,
    PayoutFileTooLarge,
    PayoutInOtherCurrency,
    PayoutLineBroken,
)
from booking.invoicing.bank.release import NothingToRelease
from booking.invoicing.let_go import LONGEST_REASON, LetGoForGood, LetGoReasonWrong
from booking.invoicing.references import NotInvoiced
from booking.invoicing.reminders.stuck import ReminderMoved
from booking.invoicing.write_offs.write_off import (
    LeftChangedMeanwhile,
    NothingToWriteOff,
    WriteOffReasonWrong,
    WriteOffStays,
    WriteOffSumWrong,
)
from booking.kernel.file_kinds import ContentKind
from booking.web.file_words import what_it_is
from booking.web.languages import wording
from booking.web.refusals import RefusalAnswer, in_words, plain

plain(AccountsChangedMeanwhile, _("Somebody else has saved this while you were writing. Look at it once more."))
plain(BooksNotSetUp, _("Before the first voucher the centre says its accounts."))
plain(MonthNotOver, _("The month is not over yet."))
plain(MonthClosed, _("Somebody else has closed it already. This is how it stands now."))
plain(AccountsMissing, _("An account or a VAT code is missing."))
plain(DoesNotAgree, _("The journal says something else than what was sold, issued and paid."))
plain(MovedMeanwhile, _("Something was sold, issued or paid just now. Nothing is closed: press once more."))
plain(MonthOpen, _("Files are made of months that are closed."))
plain(LetGoForGood, _("It is not let go any more, or has been for too long to be claimed after all."))
plain(NothingToRelease, _("No more is paid by the bank's files than is left of it."))
plain(ReminderMoved, _("It stands otherwise by now. This is how."))
plain(LeftChangedMeanwhile, _("This is what is left of it as it stands now. Look at it, then press once more."))
plain(NothingToWriteOff, _("Nothing is left to pay of this invoice."))
plain(
    WriteOffStays,
    _("It stays as it is: it was taken back already, all of it came after all, or its month is closed in the books."),
)
plain(NotInvoiced, _("Nothing of this booking is paid by invoice."))
plain(PayoutWrong, _("Enter the payout's name, its day, and amounts above zero."), 422)
plain(PayoutThere, _("That payout was entered before."))
plain(NoSuchPayout, _("There is no such payout, or somebody else has taken it back already."), 404)
plain(NoPayoutFile, _("The file cannot be read. Nothing of it was taken."), 422)
plain(NothingPaidOut, _("Nothing in the file has been paid out yet."), 422)


@in_words.register
def _let_go_reason(_refusal: LetGoReasonWrong) -> RefusalAnswer:
    return RefusalAnswer(gettext("Say why, in at most %(most)s characters.", most=LONGEST_REASON), 422)


@in_words.register
def _write_off_reason(_refusal: WriteOffReasonWrong) -> RefusalAnswer:
    return RefusalAnswer(gettext("Say why, in at most %(most)s characters.", most=LONGEST_REASON), 422)


@in_words.register
def _write_off_sum(refusal: WriteOffSumWrong) -> RefusalAnswer:
    left = wording().money(refusal.left, refusal.currency)
    return RefusalAnswer(gettext("At most %(sum)s is left to write off.", sum=left), 422)


@in_words.register
def _payout_reason(_refusal: PayoutReasonWrong) -> RefusalAnswer:
    return RefusalAnswer(gettext("Say why, in at most %(most)s characters.", most=LONGEST_REASON), 422)


@in_words.register
def _payout_day(refusal: PayoutDayWrong) -> RefusalAnswer:
    names = {"name": refusal.ref, "day": wording().dated(refusal.on)}
    if refusal.on > refusal.last:
        text = gettext("Payout %(name)s is of %(day)s, which has not come. Nothing was entered.", **names)
    else:
        text = gettext(
            "Payout %(name)s is of %(day)s, and nothing was paid online before %(first)s. Is the year right? Nothing"
            " was entered.",
            **names, first=wording().dated(refusal.first),
        )  # fmt: skip
    return RefusalAnswer(text, 422)


@in_words.register
def _payout_alike(refusal: PayoutAlike) -> RefusalAnswer:
    text = gettext(
        "A payout of %(sum)s on %(day)s is here already, as %(name)s. It is most likely the same, and was not entered.",
        sum=wording().money(refusal.amount), day=wording().dated(refusal.on), name=refusal.ref,
    )  # fmt: skip
    return RefusalAnswer(text, 409, warning="another")


@in_words.register
def _payout_unlike(refusal: PayoutUnlike) -> RefusalAnswer:
    (day, amount), (day_read, read) = refusal.entered, refusal.read
    text = gettext(
        "Payout %(name)s was entered with %(sum)s on %(day)s; in the file it is %(read)s on %(day_read)s. Nothing of"
        " the file was taken. Take that payout back below, then take the file again.",
        name=refusal.ref, sum=wording().money(amount), day=wording().dated(day), read=wording().money(read),
        day_read=wording().dated(day_read),
    )  # fmt: skip
    return RefusalAnswer(text, 409)


@in_words.register
def _payout_file_too_large(_refusal: PayoutFileTooLarge) -> RefusalAnswer:
    size = LARGEST // 1_000_000
    return RefusalAnswer(gettext("The file is too large: at most %(size)s MB. Ask for fewer days.", size=size), 422)


@in_words.register
def _other_file_than_payouts(refusal: OtherFileThanPayouts) -> RefusalAnswer:
    text = what_it_is(refusal.kind) + " " + gettext("Choose the file of payouts as it comes from the provider (CSV).")
    if refusal.kind is ContentKind.BANK:
        text = gettext("This is a bank's file about an account. It belongs on the page Bank, under Invoices.")
    return RefusalAnswer(text, 422)


@in_words.register
def _payout_columns(refusal: PayoutColumnsMissing) -> RefusalAnswer:
    text = gettext(
        "This is not the provider's file of payouts: it has no column %(columns)s.", columns=", ".join(refusal.columns)
    )
    if len(refusal.columns) < len(READ):
        text += " " + gettext("If it is that report, choose the column when you download it.")
    return RefusalAnswer(text, 422)


@in_words.register
def _payout_line(refusal: PayoutLineBroken) -> RefusalAnswer:
    text = gettext("Line %(line)s of the file cannot be read. Nothing of it was taken.", line=refusal.line)
    if refusal.column:
        text = gettext(
            "Line %(line)s of the file cannot be read: %(column)s is missing or wrong. Nothing of it was taken.",
            line=refusal.line, column=refusal.column,
        )  # fmt: skip
    return RefusalAnswer(text, 422)


@in_words.register
def _payout_currency(refusal: PayoutInOtherCurrency) -> RefusalAnswer:
    text = gettext(
        "Line %(line)s of the file is in %(currency)s, and the books are in %(ours)s. Nothing of it was taken.",
        line=refusal.line, currency=refusal.currency, ours=refusal.ours,
    )  # fmt: skip
    return RefusalAnswer(text, 422)
