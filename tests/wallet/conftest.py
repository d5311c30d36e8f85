"""An app with the certificates of a test's own chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.bookings import store
from booking.settings import settings_of
from booking.wallet.changes import follow
from booking.wallet_keys import AppleWallet, read_apple
from tests.support.certificates import a_certificate
from tests.wallet.chain import Chain, a_chain
from tests.wallet.push_double import PushDouble
from tests.web.browsing import Visitor


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """A root, who issues for it, and a pass type's certificate with its key."""
    return a_chain(tmp_path_factory.mktemp("chain"))


@pytest.fixture
def apple(app: Flask, chain: Chain, monkeypatch: pytest.MonkeyPatch) -> AppleWallet:
    """The keys, which the app now has as well."""
    mistakes: list[str] = []
    keys = read_apple(lambda name, default: chain.settings.get(name, default), mistakes)
    assert keys is not None and mistakes == []
    secure = replace(settings_of(app), apple_wallet=keys, public_url="https://tickets.example.org", one_host=False)
    monkeypatch.setitem(app.extensions, "settings", secure)
    monkeypatch.setattr(store, "_readers", [follow])
    return keys


@pytest.fixture(scope="session")
def running_push(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushDouble]:
    """One stand-in for these tests."""
    double = PushDouble(a_certificate(tmp_path_factory.mktemp("push")), chain.root)
    yield double
    double.stop()


@pytest.fixture
def apns(running_push: PushDouble, apple: AppleWallet, app: Flask, monkeypatch: pytest.MonkeyPatch) -> PushDouble:
    """A stand-in for Apple's push service that knows no phone yet; the app tells phones there."""
    running_push.reset()
    monkeypatch.setenv("SSL_CERT_FILE", str(running_push.certificate))
    there = replace(apple, push=running_push.address)
    monkeypatch.setitem(app.extensions, "settings", replace(settings_of(app), apple_wallet=there))
    return running_push


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody with a browser of their own."""
    return Visitor(client)
