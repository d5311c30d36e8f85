"""Certificates and keys as settings name them: each mistake is a sentence at the start, and no key is ever said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from booking.settings import Settings
from tests.test_settings import mistakes
from tests.wallet.chain import PASS_TYPE, TEAM, Chain, a_chain


def test_without_certificates_there_is_no_wallet(tmp_path: Path) -> None:
    assert Settings.from_environment({"INSTANCE_DIR": str(tmp_path)}).apple_wallet is None


def test_the_certificate_says_which_pass_type_it_is_for_and_no_key_is_said(tmp_path: Path) -> None:
    chain = a_chain(tmp_path / "chain", ends_at=datetime(2027, 1, 2, tzinfo=UTC), password=b"hush")
    environment = chain.settings | {"INSTANCE_DIR": str(tmp_path), "WALLET_APPLE_KEY_PASSWORD": "hush"}
    settings = Settings.from_environment(environment)
    assert settings.apple_wallet is not None
    assert (settings.apple_wallet.pass_type, settings.apple_wallet.team) == (PASS_TYPE, TEAM)
    assert settings.apple_wallet.ends_at == datetime(2027, 1, 2, tzinfo=UTC)
    assert "PRIVATE KEY" not in repr(settings) and "hush" not in repr(settings)


def wrong(chain: Chain, folder: Path) -> dict[str, tuple[dict[str, str], str]]:
    other = a_chain(folder / "other", pass_type="com.example")
    sealed = a_chain(folder / "sealed", password=b"hush")
    nothing = folder / "nothing.pem"
    return {
        "one file alone": ({"WALLET_APPLE_KEY": ""}, "WALLET_APPLE_CERTIFICATE, WALLET_APPLE_KEY and WALLET_APPLE_I"),
        "a file that is not there": ({"WALLET_APPLE_KEY": str(nothing)}, "WALLET_APPLE_KEY must name a file"),
        "a key for a certificate": (
            {"WALLET_APPLE_CERTIFICATE": str(chain.key)},
            "WALLET_APPLE_CERTIFICATE must be a certificate",
        ),
        "a certificate for a key": (
            {"WALLET_APPLE_KEY": str(chain.certificate)},
            "WALLET_APPLE_KEY must be a key in PEM",
        ),
        "no password": ({"WALLET_APPLE_KEY": str(sealed.key)}, "WALLET_APPLE_KEY must be a key in PEM"),
        "another issuer": (
            {"WALLET_APPLE_ISSUER": str(chain.root)},
            "WALLET_APPLE_ISSUER must be Apple's certificate that",
        ),
        "no pass type": (other.settings, "WALLET_APPLE_CERTIFICATE must be the certificate of a pass type"),
    }


@pytest.mark.parametrize(
    "mistake",
    [
        "one file alone",
        "a file that is not there",
        "a key for a certificate",
        "a certificate for a key",
        "no password",
        "another issuer",
        "no pass type",
    ],
)
def test_what_is_wrong_with_them_is_a_sentence(chain: Chain, tmp_path: Path, mistake: str) -> None:
    environment, begins = wrong(chain, tmp_path)[mistake]
    (sentence,) = mistakes(**chain.settings | environment)
    assert sentence.startswith(begins)


def test_the_key_of_another_certificate_is_not_taken(chain: Chain, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from tests.wallet.chain import a_key

    key = tmp_path / "other.key"
    key.write_bytes(a_key("other").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (sentence,) = mistakes(**chain.settings | {"WALLET_APPLE_KEY": str(key)})
    assert sentence.startswith("WALLET_APPLE_KEY must be the key of the certificate")
