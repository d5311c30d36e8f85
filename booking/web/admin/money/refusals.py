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
from booking.books.payouts import NoPayoutFile, PayoutThere, PayoutWrong
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
from booking.web.languages import wording
from booking.web.refusals import RefusalAnswer, plain, sentence

plain(AccountsChangedMeanwhile, _("Somebody else has saved this while you were writing. Look at it once more."))
plain(BooksNotSetUp, _("Before the first voucher the centre says its accounts."))
plain(MonthNotOver, _("The month is not over yet."))
plain(MonthClosed, _("Somebody else has closed it already. This is how it stands now."))
plain(AccountsMissing, _("An account or a VAT code is missing."))
plain(DoesNotAgree, _("The journal says something else than what was sold, issued and paid."))
plain(MovedMeanwhile, _("Something was sold, issued or paid just now. Nothing is closed: press once more."))
plain(MonthOpen, _("Files are made of months that are closed."))
plain(LetGoForGood, _("It is not let go any more, or has been for too long to be claimed after all."))
plain(ReminderMoved, _("It stands otherwise by now. This is how."))
plain(LeftChangedMeanwhile, _("This is what is left of it as it stands now. Look at it, then press once more."))
plain(NothingToWriteOff, _("Nothing is left to pay of this invoice."))
plain(
    WriteOffStays,
    _("It stays as it is: it was taken back already, all of it came after all, or its month is closed in the books."),
)
plain(NotInvoiced, _("Nothing of this booking is paid by invoice."))
plain(PayoutWrong, _("Write the payout's name, its day, and sums above nought."), 422)
plain(PayoutThere, _("That payout was entered before."))
plain(
    NoPayoutFile,
    _("This is not the provider's file of payouts, or a line of it cannot be read. Nothing of it was taken."),
    422,
)


@sentence.register
def _let_go_reason(_refusal: LetGoReasonWrong) -> RefusalAnswer:
    return RefusalAnswer(gettext("Write why, in at most %(most)s characters.", most=LONGEST_REASON), 422)


@sentence.register
def _write_off_reason(_refusal: WriteOffReasonWrong) -> RefusalAnswer:
    return RefusalAnswer(gettext("Write why, in at most %(most)s characters.", most=LONGEST_REASON), 422)


@sentence.register
def _write_off_sum(refusal: WriteOffSumWrong) -> RefusalAnswer:
    left = wording().money(refusal.left, refusal.currency)
    return RefusalAnswer(gettext("At most %(sum)s is left to write off.", sum=left), 422)
