"""Passwords, codes, the vault, and what a browser calls itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from time import process_time

import pyotp
import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import update

from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import db, unit_of_work
from booking.staff import passwords, second_factor
from booking.staff.devices import device
from booking.staff.models import Account, Role
from booking.staff.passwords import PasswordTooLong, TooCommon, TooShort
from booking.staff.sessions import add_account
from booking.staff.vault import Vault

NOON = datetime(2026, 11, 25, 12, 0, 10, tzinfo=UTC)
VAULT = Vault("a secret key of the installation, long enough")


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("x" * 14, TooShort),
        ("kråke" * 50, PasswordTooLong),
        ("passordpassord1", TooCommon),
        ("qwertyuiopasdfgh", TooCommon),
        ("2026-11-25 2026-11-25", TooCommon),
        ("spelmann spelmann", TooCommon),
        ("vilvite vilvite vilvite", TooCommon),
    ],
)
def test_a_weak_password_is_refused(password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        passwords.check(password, ["Spelmann", "vilvite"])


@pytest.mark.parametrize(
    "password",
    ["sju lyse netter i juni", "Hp9#kLw2!vRz8qT", "brīnišķīgs rīts pie jūras", "🦉" * 3 + "ugla ser i mørket"],
)
def test_a_good_password_is_taken(password: str) -> None:
    assert passwords.check(password, ["Kari"])


def test_a_password_is_the_same_however_the_keyboard_writes_its_letters() -> None:
    kept = passwords.hashed("bla\u030aba\u0308r og kra\u030aker")
    assert passwords.matches(kept, "bl\u00e5b\u00e4r og kr\u00e5ker")
    assert not passwords.matches(kept, "blabar og kraker")


def test_to_guess_a_password_costs_what_owasp_asks_for() -> None:
    kept = PasswordHasher(passwords.PASSES, passwords.MEMORY, 1).hash("sju lyse netter i juni")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(kept, "sju lyse netter i juni") and not passwords.matches(kept, "syv lyse netter i juni")


@pytest.mark.parametrize("kept", [None, "", "no hash", "$argon2id$v=19$broken"])
def test_without_a_hash_no_password_fits(kept: str | None) -> None:
    assert not passwords.matches(kept, "sju lyse netter i juni")


def test_looking_at_a_password_takes_as_long_when_there_is_none() -> None:
    kept = passwords.hashed("sju lyse netter i juni")
    passwords.matches(None, "x")  # the hash of nobody's password is made once
    took = {}
    for which in (kept, None):
        begun = process_time()
        for _ in range(5):
            passwords.matches(which, "feil passord")
        took[which] = process_time() - begun
    assert 0.5 < took[None] / took[kept] < 2


@pytest.mark.parametrize(("off", "works"), [(-59, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_code_may_be_a_step_early_or_late(off: int, works: bool) -> None:
    secret = second_factor.new_app_secret()
    code = pyotp.TOTP(secret).at(NOON + timedelta(seconds=off))
    assert (second_factor.step_of(secret, code, NOON) is not None) is works


def test_of_many_who_send_the_same_code_at_once_one_gets_in(app: Flask) -> None:
    with unit_of_work():
        account_id = add_account("kari@example.org", "", Role.DESK, clock.now())
        secret = second_factor.new_app_secret()
        db.session.execute(update(Account).values(totp_secret=VAULT.seal(secret)))
        (recovery, *_) = second_factor.new_recovery_codes(account_id)
    db.session.remove()
    start, codes, recoveries = Barrier(6), list[bool](), list[bool]()
    code = pyotp.TOTP(secret).at(NOON)

    def enter() -> None:
        with app.app_context():
            start.wait()
            with unit_of_work():
                codes.append(second_factor.use_app_code(account_id, code, VAULT, NOON))
            with unit_of_work():
                recoveries.append(second_factor.use_recovery_code(account_id, recovery, NOON))
            db.session.remove()

    threads = [Thread(target=enter) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(codes), sum(recoveries), len(codes)) == (1, 1, 6)


def test_a_code_is_worth_nothing_under_another_secret_key(app: Flask) -> None:
    secret = second_factor.new_app_secret()
    with unit_of_work():
        account_id = add_account("kari@example.org", "", Role.DESK, clock.now())
        db.session.execute(update(Account).values(totp_secret=VAULT.seal(secret)))
    with unit_of_work():
        assert not second_factor.use_app_code(account_id, pyotp.TOTP(secret).at(NOON), Vault("another"), NOON)


def test_the_vault_gives_back_what_it_sealed_to_nobody_else_and_in_time() -> None:
    sealed = VAULT.seal("hemmelig ærend")
    assert "hemmelig" not in sealed
    assert VAULT.open(sealed) == "hemmelig ærend"
    assert Vault("another").open(sealed) is None
    assert VAULT.open(sealed, 60) == "hemmelig ærend"
    with time_machine.travel(clock.now() + timedelta(seconds=62), tick=False):
        assert VAULT.open(sealed, 60) is None
    for nonsense in ("", "x", sealed[:-4], "é", "\x00"):
        assert VAULT.open(nonsense) is None


def test_a_secret_is_made_again_from_its_nonce_by_us_alone() -> None:
    assert VAULT.secret_for("one") == VAULT.secret_for("one")
    assert is_secret(VAULT.secret_for("one"))
    assert len({VAULT.secret_for("one"), VAULT.secret_for("two"), Vault("another").secret_for("one")}) == 3


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605", "Safari, Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Mobile Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0 Safari/537", "Chrome, Linux"),
        ("curl/8", ""),
        ("", ""),
        ("<script>Firefox/\x00" + "x" * 9000, "Firefox"),
    ],
)
def test_a_browser_is_told_in_words(header: str, words: str) -> None:
    assert device(header) == words
