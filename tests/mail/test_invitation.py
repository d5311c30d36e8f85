"""The invitation of a new colleague, as it reaches a real mail server in each language."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.running.worker import run_once
from booking.settings import settings_of
from booking.staff import accounts
from booking.staff.models import Role
from booking.staff.sessions import spend_link
from booking.staff.vault import Vault
from tests.builders import a_centre
from tests.conftest import empty_database
from tests.mail.post_office import PostOffice

HOSTILE = 'Åse "Q" <b>Ødegård</b>'


@pytest.mark.parametrize("lang", ["nb", "nn", "en", "lv"])
def test_an_invitation_opens_the_account_and_the_outbox_could_not(
    made_mail_app: Flask, post_office: PostOffice, lang: str
) -> None:
    post_office.reset()
    with made_mail_app.app_context():
        empty_database()
        a_centre()
        vault, now = Vault(settings_of(made_mail_app).secret_key), clock.now()
        with unit_of_work():
            account_id = accounts.invite("ase@example.org", HOSTILE, Role.DESK, lang, actor="command", now=now)
            accounts.send_link(account_id, new_secret(), vault, reset=False, actor="command", now=now)
        run_once(made_mail_app)
        (received,) = post_office.received
        text, html = (received.letter.get_body((kind,)) for kind in ("plain", "html"))
        assert text is not None
        assert html is not None
        links = {re.search(r"/staff/enter/([0-9A-Z]{26})", body.get_content()) for body in (text, html)}
        (secret,) = {link[1] for link in links if link}
        assert received.recipients == ("ase@example.org",)
        assert f'lang="{lang}"' in html.get_content()
        assert "<b>" not in html.get_content()
        assert HOSTILE in text.get_content()
        kept = db.session.scalars(select(Promise)).one()
        assert secret not in f"{kept.key} {kept.about}"
        with unit_of_work():
            assert spend_link(secret, clock.now()) == account_id
        db.session.remove()
