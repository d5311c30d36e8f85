"""What the books' pages call accounts and vouchers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

from booking.books.differences import Agrees
from booking.books.journal import AccountRole, VoucherKind
from booking.books.payouts.compare import DisputeStands, InNoPayout, PayoutFault
from booking.payments.models import OF_VIPPS

ROLES: dict[AccountRole, LazyString] = {
    AccountRole.BANK: _("Bank"),
    AccountRole.PROVIDER: _("At the payment provider"),
    AccountRole.VIPPS: _("At Vipps"),
    AccountRole.GIFT_CARD: _("Left on gift cards"),
    AccountRole.TILL: _("The centre's till"),
    AccountRole.RECEIVABLE: _("Receivables"),
    AccountRole.PREPAID: _("Paid for days to come"),
    AccountRole.OWED_BACK: _("To be paid back to buyers"),
    AccountRole.OVERPAID: _("Paid too much on invoices"),
    AccountRole.VAT: _("VAT"),
    AccountRole.ADMISSION: _("Admission"),
    AccountRole.ACTIVITY: _("Shows, workshops and events"),
    AccountRole.PROGRAMME: _("Programmes for classes"),
    AccountRole.COURSE: _("Courses for teachers"),
    AccountRole.LUNCH: _("Lunch room"),
    AccountRole.FEE: lazy_pgettext("books", "Fees"),
    AccountRole.CHARGES: _("The provider's charges"),
    AccountRole.BAD_DEBT: _("Lost receivables"),
    AccountRole.ROUNDING: _("Rounding"),
    AccountRole.REMINDER_FEE: _("Fees of reminders"),
    AccountRole.LATE_INTEREST: _("Interest for paying late"),
}
KINDS: dict[VoucherKind, LazyString] = {
    VoucherKind.TAKINGS: _("Paid"),
    VoucherKind.REFUND: _("Paid back"),
    VoucherKind.INCOME: _("Income of the day"),
    VoucherKind.INVOICE: _("Invoices"),
    VoucherKind.CREDIT_NOTE: _("Credit notes"),
    VoucherKind.BANK: _("On the bank account"),
    VoucherKind.DISPUTE: _("Taken back by the buyer's bank"),
    VoucherKind.PAYOUT: _("Payouts"),
    VoucherKind.WRITE_OFF: _("Write-offs"),
}
CHANNELS: dict[str, LazyString] = {
    "stripe": _("online"),
    "demo": _("online"),
    **dict.fromkeys(OF_VIPPS, _("with Vipps")),
    "till": _("in the till"),
    "gift_card": _("with gift cards"),
    "public": _("website"),
    "desk": _("front desk"),
    "school": _("schools"),
}
AGREES: dict[Agrees, LazyString] = {
    Agrees.PROVIDER: _("what was paid online less what has gone back and been paid out"),
    Agrees.VIPPS: _("what was paid with Vipps less what has gone back and been paid out"),
    Agrees.TILL: _("what was paid in the till less what was paid out there"),
    Agrees.RECEIVABLE: _("what is open on invoices"),
    Agrees.PREPAID: _("what is kept of bookings for days to come"),
    Agrees.OWED_BACK: _("refunds on their way"),
    Agrees.BANK: _("what came in on the bank account for invoices and from the provider"),
    Agrees.OVERPAID: _("what was paid too much on the bank account"),
    Agrees.REMINDER_FEE: _("fees of reminders that were paid"),
    Agrees.LATE_INTEREST: _("interest on late payments that was paid"),
    Agrees.GIFT_CARD: _("what is left on all gift cards"),
}
FAULTS: dict[PayoutFault, LazyString] = {
    PayoutFault.UNKNOWN: _("no payment of ours"),
    PayoutFault.NOT_PAID: _("not paid, as it stands here"),
    PayoutFault.OTHER_SUM: _("another sum than was paid"),
    PayoutFault.NO_REFUND: _("no refund of ours that is done"),
    PayoutFault.OTHER_REFUND: _("another sum than was paid back"),
    PayoutFault.CAME_BACK: _("a refund that did not arrive; here it did"),
    PayoutFault.NOTHING_OF_OURS: _("neither a payment nor a refund"),
}
DISPUTES: dict[DisputeStands, LazyString] = {
    DisputeStands.LOST: _("lost"),
    DisputeStands.OPEN: _("not decided"),
    DisputeStands.NOT_KNOWN: _("not known here"),
}
IN_NO_PAYOUT: dict[InNoPayout, LazyString] = {
    InNoPayout.PAYMENT: _("Paid"),
    InNoPayout.REFUND: _("Paid back"),
}
