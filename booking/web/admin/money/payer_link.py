"""The link to a payer's own page: send it, replace it, close it; from the page of an invoice."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from booking.invoicing.payer.links import close_link, link_to_send, replace_link
from booking.invoicing.payer.queries import payer_of
from booking.invoicing.queries import issued_one
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.promises import promise
from booking.settings import settings_of
from booking.staff.models import Role
from booking.staff.sessions import digest
from booking.web.admin.money.invoices import LinkShown, page_of
from booking.web.blueprints import admin
from booking.web.extensions import limiter
from booking.web.forms.checked import checked_email, one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import sentence

HOUR = (
    3600  # seconds: one letter an hour with the same link to one mailbox in one language, however often it is pressed
)


@admin.post("/invoices/<int:invoice_id>/link")
@limiter.limit("60 per hour")
@staff(Role.FINANCE)
def send_payer_link(invoice_id: int) -> ResponseReturnValue:
    """Send the link to an address."""
    payer_id = _payer(invoice_id)
    typed, lang = one_line(request.form.get("email")), request.form.get("language", "")
    lang = lang if lang in centre().languages else centre().languages[0]
    try:
        email = checked_email(typed)
    except ValidationError as error:
        return _again(invoice_id, LinkShown(typed[:254], lang, closed=False, wrong=str(error)), 422)
    now, mailbox = clock.now(), digest(email)[:32]
    try:
        with unit_of_work():
            link = link_to_send(payer_id, _secret_key(), now)
            about = {"payer_id": payer_id, "email": email, "lang": lang}
            key = f"payer_link:{payer_id}:{mailbox}:{lang}:{link}:{int(now.timestamp()) // HOUR}"
            promise("mail.payer_link", key, about)
    except Refusal as refusal:
        answer = sentence(refusal)
        return _again(invoice_id, LinkShown(typed, lang, closed=True, wrong=answer.text), answer.status)
    flash(_("The link is on its way to %(email)s.", email=email))
    return redirect(url_for("admin.invoice", invoice_id=invoice_id), 303)


@admin.post("/invoices/<int:invoice_id>/link/replace")
@staff(Role.FINANCE)
def replace_payer_link(invoice_id: int) -> ResponseReturnValue:
    """A new link: the old one opens nothing any more."""
    payer_id = _payer(invoice_id)
    with unit_of_work():
        replace_link(payer_id, _secret_key(), clock.now(), who().actor)
    flash(_("There is a new link. The old one opens nothing any more; send the new one to those who need it."))
    return redirect(url_for("admin.invoice", invoice_id=invoice_id), 303)


@admin.post("/invoices/<int:invoice_id>/link/close")
@staff(Role.FINANCE)
def close_payer_link(invoice_id: int) -> ResponseReturnValue:
    """The page opens for nobody."""
    payer_id = _payer(invoice_id)
    with unit_of_work():
        close_link(payer_id, _secret_key(), clock.now(), who().actor)
    flash(_("The link is closed. No letter carries one until you make a new one."))
    return redirect(url_for("admin.invoice", invoice_id=invoice_id), 303)


def _payer(invoice_id: int) -> int:
    payer_id = payer_of(invoice_id) if invoice_id < 10**18 else None
    if payer_id is None:
        abort(404)
    return payer_id


def _again(invoice_id: int, link: LinkShown, status: int) -> ResponseReturnValue:
    facts = issued_one(invoice_id)
    if facts is None:
        abort(404)
    return render_template("admin/invoice.html", page=page_of(facts, link)), status


def _secret_key() -> str:
    return settings_of(current_app._get_current_object()).secret_key  # type: ignore[attr-defined]
