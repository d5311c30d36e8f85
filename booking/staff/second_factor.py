"""The second factor without a key: codes of an authenticator app, and recovery codes on paper."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select, update

from booking.kernel.codes import ALPHABET
from booking.kernel.database import db
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.staff.models import Account, Passkey, RecoveryCode
from booking.staff.vault import Vault

STEP = 30  # seconds that a code lives (RFC 6238)
AROUND = 1  # steps that a clock may be off, each way
CODES = 10
CODE_LENGTH = 16  # 80 bits
ENROL_SECONDS = 30 * 60

_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})


class WrongCode(Refusal):
    """Neither the code of this moment nor an unused recovery code."""


class TooOld(Refusal):
    """What was begun was not finished in time."""


class LastFactor(Refusal):
    """The only second factor cannot be removed, only replaced."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has to sign in with."""

    password_at: datetime | None
    has_app: bool
    passkeys: int
    recovery_left: int

    @property
    def has_second(self) -> bool:
        """Whether there is a second factor at all."""
        return self.has_app or self.passkeys > 0


def factors_of(account_id: int) -> Factors:
    """What the account has, in one statement."""
    passkeys = select(func.count()).where(Passkey.account_id == Account.id).scalar_subquery()
    left = (
        select(func.count())
        .where(RecoveryCode.account_id == Account.id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(
        select(Account.password_at, Account.password_hash, Account.totp_secret.is_not(None), passkeys, left).where(
            Account.id == account_id
        )
    ).one()
    return Factors(row[0] if row[1] else None, bool(row[2]), row[3], row[4])


def new_app_secret() -> str:
    """160 random bits in base32, as authenticator apps want them."""
    import pyotp

    return pyotp.random_base32()


def app_address(secret: str, email: str, issuer: str) -> str:
    """What the QR code says to an authenticator app."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step that a code belongs to, none if it is no code of these moments."""
    import pyotp

    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    steps = range(present - AROUND, present + AROUND + 1)
    fitting = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())]
    return fitting[0] if fitting else None


def enrol_app(account_id: int, secret: str, code: str, vault: Vault, now: datetime) -> None:
    """Take an authenticator into use, in place of one before; call inside a unit of work. Raises WrongCode."""
    step = step_of(secret, plain_code(code), now)
    if step is None:
        raise WrongCode
    had_one = db.session.scalar(select(Account.totp_secret.is_not(None)).where(Account.id == account_id))
    db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(totp_secret=vault.seal(secret), totp_step=step)
        .execution_options(synchronize_session=False)
    )
    note(f"account:{account_id}", "app.enrol", f"account:{account_id}", {"app": bool(had_one)}, {"app": True})


def remove_app(account_id: int) -> None:
    """Take the authenticator out of use; call inside a unit of work. Raises LastFactor when nothing else is left."""
    removed = db.session.execute(
        update(Account)
        .where(
            Account.id == account_id, Account.totp_secret.is_not(None), exists().where(Passkey.account_id == account_id)
        )
        .values(totp_secret=None)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if removed is None:
        raise LastFactor
    note(f"account:{account_id}", "app.remove", f"account:{account_id}", {"app": True}, {"app": False})


def use_app_code(account_id: int, code: str, vault: Vault, now: datetime) -> bool:
    """Whether it is a code of these moments that was not used yet; it is then. Call inside a unit of work."""
    sealed = db.session.scalar(select(Account.totp_secret).where(Account.id == account_id))
    secret = vault.open(sealed) if sealed else None
    step = step_of(secret, code, now) if secret else None
    if step is None:
        return False
    used = db.session.execute(
        update(Account)
        .where(Account.id == account_id, Account.totp_step < step, Account.totp_secret == sealed)
        .values(totp_step=step)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    return used is not None


def new_recovery_codes(account_id: int) -> list[str]:
    """Ten fresh codes in place of those before, to be shown once; call inside a unit of work."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    rows = [{"digest": _digest(account_id, code), "account_id": account_id} for code in codes]
    db.session.execute(insert(RecoveryCode), rows)
    note(f"account:{account_id}", "recovery.renew", f"account:{account_id}", None, {"codes": CODES})
    return ["-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4)) for code in codes]


def use_recovery_code(account_id: int, code: str, now: datetime) -> bool:
    """Whether it is an unused recovery code of the account; it is used then. Call inside a unit of work."""
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.digest == _digest(account_id, plain_code(code).translate(_LOOKALIKES)),
            RecoveryCode.account_id == account_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.digest)
        .execution_options(synchronize_session=False)
    ).scalar()
    if used is None:
        return False
    note(f"account:{account_id}", "recovery.use", f"account:{account_id}")
    return True


def reset(account_id: int) -> None:
    """Take every second factor and recovery code away; call inside a unit of work. The caller notes why."""
    db.session.execute(delete(Passkey).where(Passkey.account_id == account_id))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(totp_secret=None)
        .execution_options(synchronize_session=False)
    )


def plain_code(typed: str) -> str:
    """A code as it is compared: no spaces and dashes, capital letters."""
    return re.sub(r"[\s\-–.]", "", typed[:60]).upper()


def is_app_code(plain: str) -> bool:
    """Whether this could come from an authenticator app; recovery codes are longer."""
    return re.fullmatch(r"[0-9]{6}", plain) is not None


def has_second_factor() -> ColumnElement[bool]:
    """For queries of accounts: an authenticator or a passkey."""
    return or_(Account.totp_secret.is_not(None), exists().where(Passkey.account_id == Account.id))


def _digest(account_id: int, code: str) -> str:
    return hashlib.sha256(f"{account_id}:{code}".encode()).hexdigest()
