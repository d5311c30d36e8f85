"""An app with the certificates of a test's own chain."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.settings import settings_of
from booking.wallet_keys import AppleWallet, read_apple
from tests.wallet.chain import Chain, a_chain
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
    monkeypatch.setitem(app.extensions, "settings", replace(settings_of(app), apple_wallet=keys))
    return keys


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody with a browser of their own."""
    return Visitor(client)
