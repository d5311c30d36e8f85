"""Letters about withdrawing from a purchase: the receipt of it, the link to do it, and to staff that it was done."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.bookings import queries
from booking.bookings.queries import BookingFacts
from booking.centre.wording import LOCALES, Wording
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.mail.letter import Letter
from booking.mail.promised import PromisedOfBooking, PromisedWithdrawal, PromisedWithdrawLink
from booking.mail.writing import Desk, compose
from booking.withdrawals.queries import WithdrawalFacts, bought_by, of_purchase
from booking.withdrawals.right import right_of


def withdrawal_letter(desk: Desk, about: PromisedWithdrawal) -> Letter | None:
    """The receipt on a durable medium: what was declared, by whom, and when (directive 2011/83/EU, art. 11a)."""
    facts, withdrawal = _read(about.booking_id)
    to = facts.email if facts and about.to_buyer else withdrawal.email if withdrawal else ""
    if facts is None or withdrawal is None or not to:
        return None
    with force_locale(LOCALES[withdrawal.lang]):
        return compose(
            desk,
            to,
            _("More money back: %(reference)s", reference=facts.reference)
            if about.more
            else _("Receipt of your withdrawal: %(reference)s", reference=facts.reference),
            "withdrawal",
            Wording.of(withdrawal.lang, desk.centre),
            facts=facts,
            withdrawal=withdrawal,
            more=about.more,
            address=desk.link(withdrawal.lang, f"b/{facts.secret}"),
        )


def told_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """To the centre itself: what goes back, and until when the law lets it take."""
    facts, withdrawal = _read(about.booking_id)
    if facts is None or withdrawal is None:
        return None
    lang = desk.centre.languages[0]
    with force_locale(LOCALES[lang]):
        return compose(
            desk,
            desk.centre.email,
            _("Withdrawn from: %(reference)s", reference=facts.reference),
            "withdrawal_told",
            Wording.of(lang, desk.centre),
            facts=facts,
            withdrawal=withdrawal,
            address=f"{desk.settings.public_url}/staff/withdrawals",
        )


def link_letter(desk: Desk, about: PromisedWithdrawLink) -> Letter | None:
    """The way to withdraw, for whoever has lost it; none where nothing was bought so, or it is too late."""
    facts = bought_by(about.reference, about.email)
    right = right_of(facts, desk.centre) if facts is not None else None
    if facts is None or right is None or not right.is_heard(clock.now()):
        return None
    end_reading()
    with force_locale(LOCALES[about.lang]):
        return compose(
            desk,
            facts.email,
            _("Withdraw from your purchase: %(reference)s", reference=facts.reference),
            "withdraw_link",
            Wording.of(about.lang, desk.centre),
            facts=facts,
            address=desk.link(about.lang, f"b/{facts.secret}/withdraw"),
        )


def _read(booking_id: int) -> tuple[BookingFacts | None, WithdrawalFacts | None]:
    facts, withdrawal = queries.by_id(booking_id), of_purchase(booking_id)
    end_reading()
    return facts, withdrawal
