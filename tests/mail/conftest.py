"""An app whose letters go to a real SMTP server of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from booking import create_app
from booking.kernel.database import db
from booking.mail import connection
from tests.conftest import empty_database, settings_for
from tests.mail.post_office import CERTIFICATE, PostOffice

SENDER = "billett@example.org"


def app_with_mail(made_app: Flask, port: int, instance: Path, **more: str) -> Flask:
    """A second app on the same database that sends through the server on this port."""
    with made_app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    mail = {"MAIL_SERVER": "localhost", "MAIL_PORT": str(port), "MAIL_SENDER": SENDER, "MAIL_USE_TLS": "off"}
    return create_app(settings_for(url, instance, **(mail | more)))


@pytest.fixture(scope="package")
def post_office() -> Iterator[PostOffice]:
    """A server without TLS, made once."""
    office = PostOffice(over_tls=False)
    yield office
    office.close()


@pytest.fixture(scope="package")
def secure_post_office() -> Iterator[PostOffice]:
    """A server that takes letters over TLS only, made once."""
    office = PostOffice(over_tls=True)
    yield office
    office.close()


@pytest.fixture
def office(post_office: PostOffice) -> PostOffice:
    """The server without TLS, as it was in the beginning."""
    post_office.reset()
    return post_office


@pytest.fixture
def secure_office(secure_post_office: PostOffice) -> PostOffice:
    """The server with TLS, as it was in the beginning."""
    secure_post_office.reset()
    return secure_post_office


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine trusts the server's certificate, by OpenSSL's own means."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    connection._trusted.cache_clear()
    yield
    connection._trusted.cache_clear()


@pytest.fixture(scope="package")
def made_mail_app(made_app: Flask, post_office: PostOffice, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app that sends through the server without TLS, made once for each database."""
    return app_with_mail(made_app, post_office.port, tmp_path_factory.mktemp("instance"))


@pytest.fixture
def mail_app(made_mail_app: Flask, office: PostOffice) -> Iterator[Flask]:
    """That app on an empty database."""
    with made_mail_app.app_context():
        empty_database()
        yield made_mail_app
        db.session.rollback()
        db.session.remove()
