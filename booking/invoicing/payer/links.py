"""The secret that opens a payer's page: made once, the same in each mail, replaced or closed by staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from booking.invoicing.payer.models import PayerLink
from booking.invoicing.payer.queries import mailbox_of
from booking.kernel.codes import is_secret, new_secret
from booking.kernel.database import db, end_reading, insert_once, unit_of_work
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.settings import Settings
from booking.staff.sessions import digest
from booking.staff.vault import Vault


class LinkClosed(Refusal):
    """The payer's link is closed: nothing can be sent until there is a new one."""


def page_address(payer_id: int, lang: str, settings: Settings, now: datetime) -> str:
    """The full address of a payer's page, for whatever mail goes to that payer; "" where staff have closed the link.

    Not inside a unit of work: the link is made when it is asked for first.
    """
    link = _link(payer_id)
    if link is None:
        with unit_of_work():
            _make(payer_id, settings.secret_key, now)
        link = _link(payer_id)
    if link is None or link.closed_at is not None:
        return ""
    secret = _secret(link.nonce, settings.secret_key)
    if digest(secret) != link.digest:  # the installation has another key now: the old secret cannot be made again
        with unit_of_work():
            secret = _renew(payer_id, settings.secret_key, now, link.nonce)
    return f"{settings.public_url}/{lang}/invoices/{secret}"


def address_in_mail(payer_id: int | None, email: str, lang: str, settings: Settings, now: datetime) -> str:
    """The address of a payer's page for a mail to this mailbox; "" unless it is the payer's own. As `page_address`."""
    if payer_id is None or not email or email.casefold() != mailbox_of(payer_id).casefold():
        return ""
    end_reading()
    return page_address(payer_id, lang, settings, now)


def payer_behind(secret: str) -> int | None:
    """The payer whose page this secret opens; None for any that opens nothing. One statement."""
    if not is_secret(secret):
        return None
    opens = select(PayerLink.payer_id).where(PayerLink.digest == digest(secret), PayerLink.closed_at.is_(None))
    return db.session.scalar(opens)


def is_closed(payer_id: int) -> bool:
    """Whether staff have closed a payer's link."""
    link = _link(payer_id)
    return link is not None and link.closed_at is not None


def must_be_open(payer_id: int) -> None:
    """Raises LinkClosed."""
    if is_closed(payer_id):
        raise LinkClosed


def link_to_send(payer_id: int, secret_key: str, now: datetime) -> str:
    """A name of the link that letters carry now, which opens nothing: another link has another name.

    Inside a unit of work: the link is made when it is asked for first. Raises LinkClosed.
    """
    must_be_open(payer_id)
    _make(payer_id, secret_key, now)
    return digest(db.session.scalars(select(PayerLink.nonce).where(PayerLink.payer_id == payer_id)).one())[:16]


def replace_link(payer_id: int, secret_key: str, now: datetime, actor: str) -> None:
    """A new secret, whatever became of the old one, which opens nothing from now on; inside a unit of work."""
    link = _link(payer_id)
    if link is None:
        _make(payer_id, secret_key, now)
    else:
        _renew(payer_id, secret_key, now, link.nonce)
    note(actor, "payer_link.replace", f"invoice_payer:{payer_id}", None, None)


def close_link(payer_id: int, secret_key: str, now: datetime, actor: str) -> None:
    """The page opens for nobody until there is a new link; inside a unit of work. Twice is once."""
    _make(payer_id, secret_key, now)  # one that was never sent is closed too: no mail makes it
    closed = update(PayerLink).where(PayerLink.payer_id == payer_id, PayerLink.closed_at.is_(None))
    if db.session.execute(closed.values(closed_at=now).returning(PayerLink.id)).first() is not None:
        note(actor, "payer_link.close", f"invoice_payer:{payer_id}", None, None)


def _link(payer_id: int) -> PayerLink | None:
    fresh = select(PayerLink).where(PayerLink.payer_id == payer_id).execution_options(populate_existing=True)
    return db.session.scalar(fresh)


def _secret(nonce: str, secret_key: str) -> str:
    return Vault(secret_key).secret_for(f"payer:{nonce}")


def _make(payer_id: int, secret_key: str, now: datetime) -> None:
    nonce = new_secret()
    values = {"payer_id": payer_id, "nonce": nonce, "digest": digest(_secret(nonce, secret_key)), "made_at": now}
    insert_once(PayerLink, "payer_id", values)


def _renew(payer_id: int, secret_key: str, now: datetime, nonce_before: str) -> str:
    """Another secret in place of the one with this nonce; whoever comes second keeps what the first has made."""
    nonce = new_secret()
    renewed = update(PayerLink).where(PayerLink.payer_id == payer_id, PayerLink.nonce == nonce_before)
    values = {"nonce": nonce, "digest": digest(_secret(nonce, secret_key)), "made_at": now, "closed_at": None}
    db.session.execute(renewed.values(values).execution_options(synchronize_session=False))
    kept = db.session.scalars(select(PayerLink.nonce).where(PayerLink.payer_id == payer_id)).one()
    return _secret(kept, secret_key)
