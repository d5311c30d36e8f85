"""The letter to whoever has paid for something that is no visit, whatever it is."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import force_locale

from booking.bookings import queries
from booking.bookings.models import State
from booking.centre.wording import LOCALES, Wording
from booking.kernel.database import end_reading
from booking.mail.letter import Letter
from booking.mail.promised import PromisedOfBooking
from booking.mail.writing import Desk, compose
from booking.withdrawals.right import right_of


def paid_letter(
    desk: Desk, about: PromisedOfBooking, order: object | None, name: str, subject: Callable[[], str]
) -> Letter | None:
    """That `order` is paid, and until when one may withdraw from it; `subject` in the language of whoever paid.

    None where it is not sold any more, or nobody is known who could be told.
    """
    facts = queries.by_id(about.booking_id)
    if facts is None or order is None or facts.state is not State.CONFIRMED or not facts.email:
        return None
    end_reading()
    right = right_of(facts, desk.centre)
    with force_locale(LOCALES[facts.lang]):
        return compose(
            desk,
            facts.email,
            subject(),
            name,
            Wording.of(facts.lang, desk.centre),
            facts=facts,
            order=order,
            withdraw_until=right.last_day if right is not None else None,
            address=desk.link(facts.lang, f"b/{facts.secret}"),
        )
