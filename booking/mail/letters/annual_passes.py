"""Letters with annual passes: the pass itself, and to whoever gives it that it is on its way."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.annual_passes.issue import ordered
from booking.annual_passes.own import pass_by_id
from booking.bookings import queries
from booking.centre.wording import LOCALES, Wording
from booking.documents.annual_passes import annual_pass_paper
from booking.documents.looks import look_of, motif_of
from booking.documents.pdf import annual_pass_pdf
from booking.kernel.database import end_reading
from booking.mail.letter import Attachment, Letter
from booking.mail.letters.bought import paid_letter
from booking.mail.promised import PromisedAnnualPass, PromisedOfBooking
from booking.mail.writing import Desk, compose
from booking.withdrawals.right import right_of

MOTIF = "gift-card"


def annual_pass_letter(desk: Desk, about: PromisedAnnualPass) -> Letter | None:
    """The pass, to whom it is given or to whoever bought it; none where it opens nothing, or was asked for again."""
    given = pass_by_id(about.pass_id)
    facts = queries.by_id(given.booking_id) if given is not None else None
    if given is None or facts is None or given.asked != about.asked or given.is_stopped:
        return None
    to = given.order.recipient_email or facts.email
    if not to:
        return None
    end_reading()
    lang = given.order.lang
    right = None if given.order.recipient_email else right_of(facts, desk.centre)
    sight = motif_of(desk.centre, MOTIF)
    with force_locale(LOCALES[lang]):
        write = Wording.of(lang, desk.centre)
        paper = annual_pass_paper(given, desk.centre, look_of(desk.centre, sight, write), write)
        return compose(
            desk,
            to,
            _("Your annual pass to %(centre)s", centre=desk.centre.name),
            "annual_pass",
            write,
            attachments=(Attachment(_("annual-pass.pdf"), "application/pdf", annual_pass_pdf(paper)),),
            sight=sight,
            given=given,
            withdraw_until=right.last_day if right is not None else None,
            address=desk.link(lang, f"pass/{given.secret}"),
            order_address=desk.link(lang, f"b/{facts.secret}") if right is not None else "",
        )


def annual_pass_bought_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """That it is paid and on its way to somebody else; without the way into it."""
    return paid_letter(
        desk, about, ordered(about.booking_id), "annual_pass_bought", lambda: _("The annual pass is paid")
    )
