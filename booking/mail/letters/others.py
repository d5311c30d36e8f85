"""Letters that are about no single booking: a waiting list, a lost link, an invitation, money that failed."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from booking.bookings import queries
from booking.centre.wording import LOCALES, Wording
from booking.kernel import clock
from booking.kernel.database import db
from booking.mail.letter import Letter
from booking.mail.promised import (
    PromisedInLine,
    PromisedInvitation,
    PromisedOfFailure,
    PromisedOfPayment,
    PromisedToAddress,
)
from booking.mail.writing import Desk, compose
from booking.payments import refunds
from booking.payments.models import Refund
from booking.payments.reserved.queries import untaken
from booking.staff import accounts, sessions
from booking.staff.vault import Vault
from booking.waiting import waiting


def waiting_letter(desk: Desk, about: PromisedInLine) -> Letter | None:
    """That one stands in line."""
    place = waiting.by_id(about.waiting_id)
    if place is None or not place.email:
        return None
    with force_locale(LOCALES[place.lang]):
        write = Wording.of(place.lang, desk.centre)
        address = desk.link(place.lang, f"waiting/{place.secret}")
        return compose(
            desk,
            place.email,
            _("You are on the waiting list"),
            "waiting",
            write,
            place=place,
            address=address,
        )


def waiting_over_letter(desk: Desk, about: PromisedInLine) -> Letter | None:
    """That one no longer stands in line, since what was asked for cannot be had."""
    place = waiting.by_id(about.waiting_id)
    if place is None or not place.email:
        return None
    with force_locale(LOCALES[place.lang]):
        write, address = Wording.of(place.lang, desk.centre), desk.link(place.lang, "tickets")
        subject = _("You are no longer on the waiting list")
        return compose(desk, place.email, subject, "waiting_over", write, place=place, address=address)


def find_letter(desk: Desk, to: PromisedToAddress) -> Letter | None:
    """Links to the living bookings of an address; none where there are none."""
    living = queries.living_of_email(to.email, clock.now() - timedelta(days=1))
    if not living:
        return None
    bookings = [facts for booking_id, _secret in living if (facts := queries.by_id(booking_id)) is not None]
    with force_locale(LOCALES[to.lang]):
        links = [(facts, desk.link(to.lang, f"b/{facts.secret}")) for facts in bookings]
        write = Wording.of(to.lang, desk.centre)
        return compose(desk, to.email, _("Your bookings"), "find", write, links=links)


def invitation_letter(desk: Desk, whom: PromisedInvitation) -> Letter | None:
    """The link is made again from its nonce; none for a link that was used, replaced or has run out."""
    secret = Vault(desk.settings.secret_key).secret_for(whom.nonce)
    if not sessions.link_lives(secret, clock.now()):
        return None
    person = accounts.person(whom.account_id)
    lang = person.lang or desk.centre.languages[0]
    with force_locale(LOCALES[lang]):
        write = Wording.of(lang, desk.centre)
        subject = _("Your access to the staff pages of %(centre)s", centre=desk.centre.name)
        address = f"{desk.settings.public_url}/staff/enter/{secret}"
        days = accounts.INVITATION_LIVES.days
        return compose(desk, person.email, subject, "invitation", write, address=address, name=person.name, days=days)


def refund_failed_letter(desk: Desk, about: PromisedOfFailure) -> Letter | None:
    """To the centre itself: that a refund failed; nothing once the payer's bank has given the money instead."""
    query = select(Refund).where(Refund.id == about.refund_id, refunds.may_still_go())
    refund = db.session.scalars(query).first()
    facts = queries.by_id(refund.booking_id) if refund else None
    if refund is None or facts is None:
        return None
    lang = desk.centre.languages[0]
    with force_locale(LOCALES[lang]):
        subject = _("A refund failed: %(reference)s", reference=facts.reference)
        write = Wording.of(lang, desk.centre)
        address = f"{desk.settings.public_url}/staff/"
        return compose(
            desk,
            desk.centre.email,
            subject,
            "refund_failed",
            write,
            facts=facts,
            refund=refund.amount,
            address=address,
        )


def capture_ends_letter(desk: Desk, about: PromisedOfPayment) -> Letter | None:
    """To the centre itself: that money which was approved in Vipps lapses soon; nothing once it is taken or lost."""
    money = untaken(about.payment_id)
    if money is None or money.lapses_at <= clock.now():
        return None
    lang = desk.centre.languages[0]
    with force_locale(LOCALES[lang]):
        subject = _("Approved in Vipps and lapses soon: %(reference)s", reference=money.reference)
        write = Wording.of(lang, desk.centre)
        address = f"{desk.settings.public_url}/staff/"
        return compose(desk, desk.centre.email, subject, "capture_ends", write, money=money, address=address)
