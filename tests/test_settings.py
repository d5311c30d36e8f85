"""The environment: what it may say, and one clear sentence for each mistake."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

import booking
from booking.kernel import clock
from booking.kernel.private_files import kept_secret
from booking.settings import MailSettings, Mode, Settings, SettingsError, StripeSettings, is_safe_sqlite

GOOD_KEY = "0123456789abcdef0123456789abcdef"
PRODUCTION = {
    "MODE": "production",
    "PUBLIC_URL": "https://tickets.example.org",
    "SECRET_KEY": GOOD_KEY,
    "STRIPE_SECRET_KEY": "sk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "MAIL_SERVER": "mail.example.org",
    "MAIL_SENDER": "tickets@example.org",
    "TRUSTED_PROXIES": "1",
}


def mistakes(**environment: str) -> list[str]:
    """What is said to be wrong with an environment."""
    try:
        Settings.from_environment({"INSTANCE_DIR": "/nonexistent", "SECRET_KEY": GOOD_KEY} | environment)
    except SettingsError as error:
        return error.mistakes
    return []


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = Settings.from_environment({"INSTANCE_DIR": str(tmp_path)})
    assert (settings.mode, settings.port, settings.public_url) == (Mode.DEMO, 8000, "http://localhost:8000")
    assert (settings.stripe, settings.mail, settings.redis_url) == (None, None, None)
    assert settings.database_url == f"sqlite:///{tmp_path}/bestill.db"


def test_an_empty_variable_is_as_none(tmp_path: Path) -> None:
    environment = dict.fromkeys(("PORT", "PUBLIC_URL", "DATABASE_URL", "SECRET_KEY", "MODE", "MAIL_SERVER"), " ")
    assert Settings.from_environment({"INSTANCE_DIR": str(tmp_path)} | environment).port == 8000


def test_the_address_follows_the_port(tmp_path: Path) -> None:
    settings = Settings.from_environment({"INSTANCE_DIR": str(tmp_path), "PORT": "8123"})
    assert settings.public_url == "http://localhost:8123"


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_is_reached_by_any_of_its_names(tmp_path: Path, url: str) -> None:
    settings = Settings.from_environment({"INSTANCE_DIR": str(tmp_path), "DATABASE_URL": url})
    assert settings.database_url == "postgresql+psycopg://u@h/d"


def test_mail_and_stripe_are_read_whole(tmp_path: Path) -> None:
    mail = {"MAIL_PORT": "2525", "MAIL_USERNAME": "u", "MAIL_PASSWORD": "p", "MAIL_USE_TLS": "no"}
    settings = Settings.from_environment(PRODUCTION | mail | {"MODE": "demo", "INSTANCE_DIR": str(tmp_path)})
    assert settings.mail == MailSettings("mail.example.org", 2525, "u", "p", use_tls=False)
    assert settings.stripe == StripeSettings("sk_live_1", "whsec_1", "https://api.stripe.com")
    assert (settings.is_production, settings.is_secure) == (False, True)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("MODE", "live", "MODE must be demo or production, not “live”."),
        ("PORT", "0", "PORT must be a whole number from 1 to 65535, not “0”."),
        ("PORT", "70000", "PORT must be a whole number from 1 to 65535, not “70000”."),
        ("PORT", "٨٠٠٠", "PORT must be a whole number from 1 to 65535, not “٨٠٠٠”."),
        ("DATABASE_POOL", "many", "DATABASE_POOL must be a whole number from 1 to 64, not “many”."),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES must be a whole number from 0 to 5, not “-1”."),
        ("BIND", "here", "BIND must be an address of this machine, such as 127.0.0.1, not “here”."),
        (
            "PROXY_ADDRESSES",
            "10.0.0.1, 10.0.0.1/24",
            "PROXY_ADDRESSES must be addresses or networks with commas between, such as 127.0.0.1, 10.0.0.0/24, "
            "not “10.0.0.1/24”.",
        ),
        ("DEMO_CENTRE", "louvre", "DEMO_CENTRE must be vilvite, vizium or none, not “louvre”."),
        ("WEB_PROCESSES", "0", "WEB_PROCESSES must be a whole number from 1 to 64, not “0”."),
        ("WEB_THREADS", "1.5", "WEB_THREADS must be a whole number from 1 to 64, not “1.5”."),
        ("RATE_LIMITS", "maybe", "RATE_LIMITS must be on or off, not “maybe”."),
        ("SECRET_KEY", "short", "SECRET_KEY must be at least 32 random characters."),
        ("SECRET_KEY", "a" * 64, "SECRET_KEY must be at least 32 random characters."),
        ("DATABASE_URL", "mysql://u@h/d", "DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://."),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must begin with redis:// or rediss://."),
        (
            "STRIPE_SECRET_KEY",
            "sk_test_1",
            "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set together.",
        ),
        (
            "DATABASE_URL",
            "sqlite:///:memory:",
            "DATABASE_URL must name a file: a database in memory is lost with each connection.",
        ),
    ],
)
def test_a_mistake_is_one_sentence(name: str, value: str, sentence: str) -> None:
    assert mistakes(**{name: value}) == [sentence]


@pytest.mark.parametrize(
    "url",
    [
        "tickets.example.org", "ftp://example.org", "https://", "https://example.org/shop", "https://example.org?a=1",
        "https://example.org#a", "https://user@example.org", "https://example.org:abc", "https://[::1", "https://a b",
    ],
)  # fmt: skip
def test_a_public_address_is_a_site_and_nothing_more(url: str) -> None:
    (sentence,) = mistakes(PUBLIC_URL=url)
    assert sentence.startswith("PUBLIC_URL must be like https://tickets.example.org, without a path")


@pytest.mark.parametrize("url", ["postgresql://u@h:port/d", "postgresql://u@h", "postgresql://"])
def test_half_an_address_of_a_database_is_seen_at_once(url: str) -> None:
    assert mistakes(DATABASE_URL=url) == [
        "DATABASE_URL must be like postgresql+psycopg://user:password@host:5432/database."
    ]


@pytest.mark.parametrize("sender", ["", "tickets", "Bestill <tickets@example.org>", "a@b@c", "a@b\nBcc: x@y"])
def test_mails_come_from_a_plain_address(sender: str) -> None:
    assert mistakes(MAIL_SERVER="mail.example.org", MAIL_SENDER=sender) == [
        "MAIL_SENDER must be the address that mails come from when MAIL_SERVER is set."
    ]


def test_half_a_log_in_to_the_mail_server_is_a_mistake() -> None:
    assert mistakes(MAIL_SERVER="mail.example.org", MAIL_SENDER="a@example.org", MAIL_USERNAME="u") == [
        "MAIL_USERNAME and MAIL_PASSWORD must be set together."
    ]


def test_all_mistakes_are_told_at_once() -> None:
    assert len(mistakes(MODE="live", PORT="x", RATE_LIMITS="maybe")) == 3


def test_production_with_everything_set_is_let_through() -> None:
    assert mistakes(**PRODUCTION) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_SECRET_KEY must be set in production"),
        ({"MAIL_SERVER": ""}, "MAIL_SERVER must be set in production"),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set in production"),
        ({"PUBLIC_URL": "http://tickets.example.org"}, "PUBLIC_URL must begin with https:// in production."),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL must begin with https:// in production."),
        ({"RATE_LIMITS": "off"}, "RATE_LIMITS cannot be off in production."),
        ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES must be set in production"),
    ],
)
def test_production_refuses_what_is_for_play(change: dict[str, str], sentence: str) -> None:
    (mistake,) = mistakes(**(PRODUCTION | change))
    assert mistake.startswith(sentence)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
        ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True),
    ],
)  # fmt: skip
def test_an_sqlite_that_may_lose_bookings_is_known(version: tuple[int, ...], safe: bool) -> None:
    assert is_safe_sqlite(version) is safe


def test_an_unsafe_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booking.settings.sqlite_version", lambda: (3, 40, 1))
    (sentence,) = mistakes()
    assert sentence.startswith("SQLite 3.40.1 may lose bookings")


def test_an_instance_folder_that_cannot_be_made_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (sentence,) = mistakes(INSTANCE_DIR=str(tmp_path / "file" / "below"), SECRET_KEY="")
    assert sentence.startswith("INSTANCE_DIR must be a folder that can be written to")


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secret_key"
    secret = kept_secret(file)
    assert (len(secret), kept_secret(file), file.stat().st_mode & 0o777) == (64, secret, 0o600)
    assert [file.name for file in file.parent.iterdir()] == ["secret_key"]


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    file, secrets, start = tmp_path / "secret_key", list[str](), Barrier(8)

    def ask() -> None:
        start.wait()
        secrets.append(kept_secret(file))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(secrets), len(set(secrets))) == (8, 1)


def test_a_secret_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    assert len(kept_secret(tmp_path / "secret_key")) == 64


def test_a_start_with_mistakes_prints_the_sentences_and_ends_with_2(tmp_path: Path) -> None:
    environment = os.environ | {"PORT": "x", "MODE": "live", "INSTANCE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "booking.serve"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "MODE must be demo or production, not “live”.",
        "PORT must be a whole number from 1 to 65535, not “x”.",
    ]


def test_a_start_without_compiled_texts_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nb" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "nb" / "LC_MESSAGES" / "messages.po").write_text("")
    monkeypatch.setattr(booking, "TRANSLATIONS", tmp_path)
    with pytest.raises(SystemExit) as ended:
        booking.create_app()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "The texts of the languages are not compiled: make install\n"


def test_production_listens_to_its_own_machine_alone_and_a_demo_to_the_house(tmp_path: Path) -> None:
    here = {"INSTANCE_DIR": str(tmp_path)}
    assert Settings.from_environment(here).bind == "0.0.0.0"
    assert Settings.from_environment(PRODUCTION | here).bind == "127.0.0.1"
    assert Settings.from_environment(PRODUCTION | here | {"BIND": "[::1]"}).bind == "::1"


def test_only_this_machine_may_speak_for_visitors_unless_said_otherwise(tmp_path: Path) -> None:
    here = {"INSTANCE_DIR": str(tmp_path)}
    assert [str(network) for network in Settings.from_environment(here).proxy_addresses] == ["127.0.0.0/8", "::1/128"]
    settings = Settings.from_environment(here | {"PROXY_ADDRESSES": "10.1.2.3,fd00::/8"})
    assert [str(network) for network in settings.proxy_addresses] == ["10.1.2.3/32", "fd00::/8"]


def test_a_demo_can_be_seen_on_another_day(tmp_path: Path) -> None:
    def ahead(text: str) -> timedelta:
        return Settings.from_environment({"INSTANCE_DIR": str(tmp_path), "DEMO_CLOCK": text}).clock_ahead

    now = clock.now()
    assert ahead("") == timedelta()
    assert ahead("-3600") == timedelta(hours=-1)
    assert (now + ahead("2028-02-29")).date() == date(2028, 2, 29)
    assert ahead("2028-02-29") % timedelta(days=1) == timedelta()
    moment = datetime(2026, 12, 24, 22, 30, tzinfo=UTC)
    assert abs(now + ahead("2026-12-24T23:30+01:00") - moment) < timedelta(seconds=5)
    assert abs(now + ahead("2026-12-24T22:30") - moment) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "text", ["tomorrow", "2027-02-29", "+", "+1e9", "+9999999999", "1066-10-14", "2026-12-24T25:00", "٢"]
)
def test_a_clock_that_cannot_be_read_is_refused(text: str) -> None:
    (mistake,) = mistakes(DEMO_CLOCK=text)
    assert mistake.startswith("DEMO_CLOCK must be a date like") and text in mistake


def test_in_production_it_is_as_late_as_it_is() -> None:
    assert mistakes(**PRODUCTION, DEMO_CLOCK="2026-12-24") == [
        "DEMO_CLOCK cannot be set in production: there it is as late as it is."
    ]


@pytest.mark.parametrize("server", ["localhost", "127.0.0.1", "::1"])
def test_a_mail_server_beside_us_needs_no_tls(server: str) -> None:
    assert mistakes(**PRODUCTION | {"MAIL_SERVER": server, "MAIL_USE_TLS": "off"}) == []


VIPPS = {
    "VIPPS_CLIENT_ID": "id-1",
    "VIPPS_CLIENT_SECRET": "secret-1",
    "VIPPS_SUBSCRIPTION_KEY": "key-1",
    "VIPPS_MERCHANT_SERIAL_NUMBER": "123456",
}


def test_vipps_is_read_whole_and_says_none_of_its_keys(tmp_path: Path) -> None:
    settings = Settings.from_environment(VIPPS | {"INSTANCE_DIR": str(tmp_path), "VIPPS_WEBHOOK_SECRET": "hook-1"})
    assert settings.vipps is not None
    assert (settings.vipps.merchant, settings.vipps.currency, settings.vipps.at_once) == ("123456", "NOK", True)
    assert not settings.vipps.at_desk
    assert not any(secret in repr(settings) for secret in ("secret-1", "key-1", "hook-1"))
    assert Settings.from_environment({"INSTANCE_DIR": str(tmp_path)}).vipps is None


@pytest.mark.parametrize(
    ("wrong", "begins"),
    [
        (
            {"VIPPS_CLIENT_SECRET": ""},
            "VIPPS_CLIENT_ID, VIPPS_CLIENT_SECRET, VIPPS_SUBSCRIPTION_KEY and VIPPS_MERCHANT",
        ),
        ({"VIPPS_MERCHANT_SERIAL_NUMBER": "12-34"}, "VIPPS_MERCHANT_SERIAL_NUMBER must be the sales unit's number"),
        ({"VIPPS_SUBSCRIPTION_KEY": "a b"}, "VIPPS_SUBSCRIPTION_KEY must be plain letters"),
        ({"VIPPS_WEBHOOK_SECRET": "æ"}, "VIPPS_WEBHOOK_SECRET must be plain letters"),
        ({"VIPPS_API_BASE": "api.vipps.no"}, "VIPPS_API_BASE must be like"),
        ({"VIPPS_CURRENCY": "GBP"}, "VIPPS_CURRENCY must be the sales unit's"),
        ({"VIPPS_CAPTURE": "later"}, "VIPPS_CAPTURE must be at_once or on_the_day"),
        ({"VIPPS_CAPTURE_WITHIN_DAYS": "0"}, "VIPPS_CAPTURE_WITHIN_DAYS must be a whole number from 1 to 170"),
        ({"VIPPS_AT_DESK": "perhaps"}, "VIPPS_AT_DESK must be on or off"),
        ({"VIPPS_PAY_PAGES": "https://a.no; script-src *"}, "VIPPS_PAY_PAGES must be addresses"),
    ],
)
def test_what_is_wrong_with_vipps_is_a_sentence(wrong: dict[str, str], begins: str) -> None:
    (sentence,) = mistakes(**VIPPS | wrong)
    assert sentence.startswith(begins)


def test_production_sends_nothing_in_the_clear() -> None:
    assert mistakes(**PRODUCTION, MAIL_USE_TLS="off") == [
        "MAIL_USE_TLS cannot be off in production, except for a mail server on this machine."
    ]
    assert mistakes(**PRODUCTION, STRIPE_API_BASE="http://api.stripe.com") == [
        "STRIPE_API_BASE must begin with https:// in production."
    ]
    assert mistakes(MAIL_SERVER="mail.example.org", MAIL_SENDER="a@example.org", MAIL_USE_TLS="off") == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u@localhost/d", "postgresql://u@127.0.0.1:5432/d", "postgresql://u@[::1]/d", "postgresql:///d",
        "postgresql:///d?host=/run/postgresql", "postgresql://u@db.example.org/d?sslmode=require",
        "postgresql://u@db.example.org/d?sslmode=verify-full", "postgresql://u@/d?host=a,b&sslmode=verify-ca",
    ],
)  # fmt: skip
def test_postgresql_on_this_machine_or_over_tls_is_taken(url: str) -> None:
    assert mistakes(**PRODUCTION, DATABASE_URL=url) == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u@db.example.org/d", "postgresql://u@10.0.0.7/d", "postgresql://u@db.example.org/d?sslmode=prefer",
        "postgresql:///d?host=db.example.org", "postgresql://u@/d?host=localhost,db.example.org",
        "postgresql://u@localhost.example.org/d", "postgresql://u@/d?host=/run/postgresql&host=b:5433",
    ],
)  # fmt: skip
def test_postgresql_elsewhere_without_tls_is_refused_in_production(url: str) -> None:
    (mistake,) = mistakes(**PRODUCTION, DATABASE_URL=url)
    assert mistake.startswith("DATABASE_URL must end with ?sslmode=verify-full in production")
    assert mistakes(DATABASE_URL=url) == []


def test_whoever_sets_the_public_address_is_reached_by_it_alone(tmp_path: Path) -> None:
    here = {"INSTANCE_DIR": str(tmp_path)}
    assert not Settings.from_environment(here).one_host
    assert Settings.from_environment(here | {"PUBLIC_URL": "http://tickets.example.org"}).one_host
    assert Settings.from_environment(here | PRODUCTION).one_host
