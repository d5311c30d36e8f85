"""Signing in: password, then second factor; or a passkey, which is both. Between the steps nothing is open yet."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from booking.kernel.database import db, end_reading, unit_of_work
from booking.records.audit import note
from booking.staff import lockout, passkeys, passwords, second_factor
from booking.staff.known_devices import Known
from booking.staff.lockout import Wait, key_of
from booking.staff.models import Account, SignInWay
from booking.staff.passwords import PasswordMissing, WrongPassword
from booking.staff.second_factor import WrongCode
from booking.staff.sessions import begin_session, spend_link
from booking.staff.vault import Vault

HALF_WAY_SECONDS = 5 * 60
NOBODYS = Known()


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody who has shown the first factor. `mark` changes with the password, which ends what is half-way."""

    account_id: int
    mark: str

    def sealed(self, vault: Vault) -> str:
        """For the browser to bring back within HALF_WAY_SECONDS."""
        return vault.seal(json.dumps(["half-way", self.account_id, self.mark]))


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened: its secret, for the browser alone; and whose it is."""

    secret: str
    account_id: int


def with_password(
    email: str, password: str, place: str, device: str, now: datetime, known: Known = NOBODYS
) -> HalfWay | Opened:
    """The first step. Opens a session at once where no second factor was ever set up (it opens only that page).

    `known` is what the browser brings of earlier sign-ins: guesses from there count by themselves.
    Raises Wait, WrongPassword; both are the same for addresses that nobody has, in words and in time.
    """
    kept = select(Account.id, Account.password_hash).where(Account.email == email, Account.ended_at.is_(None))
    account_id, kept_hash = db.session.execute(kept).first() or (None, None)
    guess = _Guess.at("account", email, known.of(account_id), place, now)
    guess.count(account_id)
    if not passwords.matches(kept_hash, password) or account_id is None or kept_hash is None:
        raise WrongPassword
    new_hash = passwords.hashed(password) if passwords.is_outdated(kept_hash) else None
    has_second = second_factor.factors_of(account_id).has_second
    with unit_of_work():
        guess.was_right()
        if new_hash:
            passwords.renew(account_id, new_hash, kept_hash)
        if not has_second:
            return Opened(begin_session(account_id, SignInWay.PASSWORD, device, now), account_id)
    return HalfWay(account_id, _mark(new_hash or kept_hash))


def with_link(secret: str, device: str, now: datetime) -> HalfWay | Opened:
    """A one-time link in place of the password. Raises LinkUnknown."""
    with unit_of_work():
        account_id = spend_link(secret, now)
        if not second_factor.factors_of(account_id).has_second:
            return Opened(begin_session(account_id, SignInWay.LINK, device, now), account_id)
    return HalfWay(account_id, _mark(None))


def half_way(sealed: str, vault: Vault) -> HalfWay | None:
    """Who is half-way, if what the browser brought is ours, young enough, and the password is still the same."""
    text = vault.open(sealed, HALF_WAY_SECONDS) if sealed else None
    parts = json.loads(text) if text and text.startswith('["half-way"') else None
    if parts is None:
        return None
    way = HalfWay(parts[1], parts[2])
    living = select(Account.password_hash).where(Account.id == way.account_id, Account.ended_at.is_(None))
    row = db.session.execute(living).first()
    return way if row is not None and _mark(row.password_hash) == way.mark else None


def with_code(
    half: HalfWay, typed: str, vault: Vault, place: str, device: str, now: datetime, known: Known = NOBODYS
) -> Opened:
    """The second step: a code of the authenticator, or a recovery code. Raises Wait, WrongCode."""
    guess = _Guess.at("second", half.account_id, known.of(half.account_id), place, now)
    guess.count(half.account_id)
    code = second_factor.plain_code(typed)
    with unit_of_work():
        if second_factor.is_app_code(code):
            way = SignInWay.APP if second_factor.use_app_code(half.account_id, code, vault, now) else None
        else:
            way = SignInWay.RECOVERY if second_factor.use_recovery_code(half.account_id, code, now) else None
        if way is None:
            raise WrongCode
        guess.was_right()
        return Opened(begin_session(half.account_id, way, device, now), half.account_id)


def with_passkey(
    answer: str,
    challenge: passkeys.Challenge,
    site: passkeys.Site,
    place: str,
    device: str,
    now: datetime,
    known: Known = NOBODYS,
) -> Opened:
    """Both steps at once. Raises Wait, PasskeyRefused. Wrong answers count for the place, or the known browser."""
    guess = _Guess.at("passkey", None, known.any(), place, now)
    guess.count(None)
    proof = passkeys.read_sign_in(answer, challenge, site)
    with unit_of_work():
        account_id = passkeys.accept(proof, now)
        guess.was_right()
        return Opened(begin_session(account_id, SignInWay.PASSKEY, device, now), account_id)


def confirm(account_id: int, password: str, now: datetime) -> str:
    """Ask a signed-in person for the password again. Returns the hash that it fits.

    Raises PasswordMissing, which is no guess and not counted as one, Wait, WrongPassword.
    """
    if not password:
        raise PasswordMissing
    guess = _Guess(key_of("confirm", account_id), None, now)
    guess.count(account_id)
    kept = passwords.kept_of(account_id)
    end_reading()
    if not passwords.matches(kept, password) or kept is None:
        raise WrongPassword
    with unit_of_work():
        guess.was_right()
    return kept


@dataclass(frozen=True, slots=True)
class _Guess:
    """One guess: counted first, in a transaction of its own, and taken back when it was right."""

    account_key: str | None
    place_key: str | None
    now: datetime

    @classmethod
    def at(cls, step: str, whom: object, mark: str | None, place: str, now: datetime) -> _Guess:
        """A guess of a step at somebody's account: from a browser known to it by this mark, or from anywhere.

        Known browsers count by themselves (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): strangers'
        wrong guesses, also those from the same place, make nobody wait who has signed in there before.
        """
        if mark is not None:
            return cls(key_of(f"{step} on a known device", mark), None, now)
        return cls(None if whom is None else key_of(step, whom), key_of("place", place), now)

    def count(self, account_id: int | None) -> None:
        """Count it. Raises Wait when it will not be looked at."""
        with unit_of_work():
            counts = []
            if self.account_key:
                of_account = lockout.count_for_account(self.account_key, self.now)
                counts.append(of_account)
                if of_account.heard and of_account.until:
                    # Noted for addresses that nobody has too: a guess at them takes the same time.
                    note("stranger", "account.wait", f"account:{account_id or 'unknown'}", None, _wait(of_account))
            if self.place_key:
                counts.append(lockout.count_for_place(self.place_key, self.now))
        unheard = [counted.seconds(self.now) for counted in counts if not counted.heard]
        if unheard:
            raise Wait(max(unheard))

    def was_right(self) -> None:
        """Take it back; call inside a unit of work."""
        if self.account_key:
            lockout.clear(self.account_key)
        if self.place_key:
            lockout.uncount(self.place_key)


def _wait(counted: lockout.Guess) -> dict[str, object]:
    return {"failures": counted.failures}


def _mark(password_hash: str | None) -> str:
    return hashlib.sha256((password_hash or "").encode()).hexdigest()[:16]
