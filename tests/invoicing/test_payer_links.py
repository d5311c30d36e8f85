"""A payer's link: the same in each mail, its secret kept nowhere, replaced and closed for good."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.invoicing.issue import issue_all
from booking.invoicing.models import InvoicePayer
from booking.invoicing.payer.links import (
    LinkClosed,
    address_in_mail,
    close_link,
    must_be_open,
    page_address,
    payer_behind,
    replace_link,
)
from booking.invoicing.payer.models import PayerLink
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.settings import Settings, settings_of
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards

ACTOR = "account:1"


def a_payer() -> int:
    """Somebody who has an invoice."""
    centre = a_centre_that_invoices()
    a_class(centre)
    db.session.rollback()
    keys = [receivable.key for receivable in open_receivables(centre.facts, afterwards())]
    issue_all(keys, centre.facts, afterwards(), ACTOR)
    payer_id = db.session.scalars(select(InvoicePayer.id)).one()
    db.session.rollback()
    return payer_id


def secret_in(payer_id: int, settings: Settings) -> str:
    """The secret that a mail would carry now; "" for none."""
    return page_address(payer_id, "nb", settings, clock.now()).rpartition("/")[2]


def test_every_mail_carries_the_same_link_and_only_its_digest_is_kept(app: Flask) -> None:
    payer_id, settings = a_payer(), settings_of(app)
    secret = secret_in(payer_id, settings)
    assert (secret_in(payer_id, settings), payer_behind(secret)) == (secret, payer_id)
    kept = db.session.scalars(select(PayerLink)).one()
    assert secret not in (kept.digest, kept.nonce)
    assert page_address(payer_id, "nn", settings, clock.now()) == f"{settings.public_url}/nn/invoices/{secret}"


def test_a_new_link_opens_and_the_old_one_no_more(app: Flask) -> None:
    payer_id, settings = a_payer(), settings_of(app)
    old = secret_in(payer_id, settings)
    with unit_of_work():
        replace_link(payer_id, settings.secret_key, clock.now(), ACTOR)
    new = secret_in(payer_id, settings)
    assert (new != old, payer_behind(old), payer_behind(new)) == (True, None, payer_id)


def test_a_closed_link_opens_nothing_and_no_mail_carries_one_until_there_is_a_new_one(app: Flask) -> None:
    payer_id, settings = a_payer(), settings_of(app)
    old = secret_in(payer_id, settings)
    for _twice in range(2):
        with unit_of_work():
            close_link(payer_id, settings.secret_key, clock.now(), ACTOR)
    assert (payer_behind(old), secret_in(payer_id, settings)) == (None, "")
    with pytest.raises(LinkClosed):
        must_be_open(payer_id)
    with unit_of_work():
        replace_link(payer_id, settings.secret_key, clock.now(), ACTOR)
    assert payer_behind(secret_in(payer_id, settings)) == payer_id
    assert payer_behind(old) is None


def test_a_link_can_be_closed_before_any_mail_has_carried_it(app: Flask) -> None:
    payer_id, settings = a_payer(), settings_of(app)
    with unit_of_work():
        close_link(payer_id, settings.secret_key, clock.now(), ACTOR)
    assert secret_in(payer_id, settings) == ""


def test_an_installation_with_another_key_makes_a_new_link_of_it(app: Flask) -> None:
    payer_id, settings = a_payer(), settings_of(app)
    old = secret_in(payer_id, settings)
    new = secret_in(payer_id, replace(settings, secret_key="another key, " * 4))
    assert (new != old, payer_behind(new), payer_behind(old)) == (True, payer_id, None)


@pytest.mark.parametrize("typed", ["", "4BKC9RC7M7AWJB3W3C1D4JSVCV", "x" * 300, "4BKC9RC7M7AWJB3W3C1D4JSVC'"])
def test_what_is_no_link_opens_nothing(app: Flask, typed: str) -> None:
    a_payer()
    assert payer_behind(typed) is None


def test_only_mail_to_the_payers_own_mailbox_carries_the_link_not_a_teachers(app: Flask) -> None:
    payer_id, settings = a_payer(), settings_of(app)
    assert address_in_mail(payer_id, "kari@example.org", "nb", settings, clock.now()) == ""
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email="faktura@bergen.example"))
    assert address_in_mail(payer_id, "kari@example.org", "nb", settings, clock.now()) == ""
    own = address_in_mail(payer_id, "Faktura@bergen.example", "nb", settings, clock.now())
    assert payer_behind(own.rpartition("/")[2]) == payer_id
    assert address_in_mail(None, "", "nb", settings, clock.now()) == ""
