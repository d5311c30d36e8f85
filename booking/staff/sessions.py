"""Sign-in by one-time link, and the sessions it opens. Secrets are kept as SHA-256: they are random, not chosen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff.audit import note
from booking.staff.models import Account, Role, SignInLink, StaffSession

LINK_LIVES = timedelta(hours=24)
SESSION_LIVES = timedelta(hours=12)


class LinkUnknown(Refusal):
    """The link does not exist, was used, or has run out: all the same to whoever holds it."""


@dataclass(frozen=True, slots=True)
class Present:
    """A signed-in member of the staff."""

    account_id: int
    name: str
    role: Role
    lang: str

    @property
    def actor(self) -> str:
        """How the audit log names them."""
        return f"account:{self.account_id}"


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_account(email: str, name: str, role: Role, now: datetime) -> int:
    """The account with this address, made if there is none; call inside a unit of work. Returns its id."""
    account = db.session.scalar(select(Account).where(Account.email == email))
    if account is None:
        account = Account(email=email, name=name, role=role, created_at=now)
        db.session.add(account)
        db.session.flush()
        note("command", "account.add", f"account:{account.id}", None, {"role": role.value})
    return account.id


def new_link(account_id: int, now: datetime) -> str:
    """A fresh one-time secret that signs this account in, in place of any before; call inside a unit of work."""
    db.session.execute(
        update(SignInLink)
        .where(SignInLink.account_id == account_id, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )
    secret = new_secret()
    link = SignInLink(digest=digest(secret), account_id=account_id, made_at=now, expires_at=now + LINK_LIVES)
    db.session.add(link)
    return secret


def use_link(secret: str, now: datetime) -> str:
    """Turn a one-time secret into a session's secret, once; call inside a unit of work. Raises LinkUnknown."""
    working_here = select(Account.id).where(Account.id == SignInLink.account_id, Account.ended_at.is_(None)).exists()
    account_id = db.session.execute(
        update(SignInLink)
        .where(
            SignInLink.digest == digest(secret),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            working_here,
        )
        .values(used_at=now)
        .returning(SignInLink.account_id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if account_id is None:
        raise LinkUnknown
    session = new_secret()
    db.session.add(StaffSession(digest=digest(session), account_id=account_id, begun_at=now, seen_at=now))
    note(f"account:{account_id}", "session.begin", f"account:{account_id}")
    return session


def present(session: str) -> Present | None:
    """Who a session's secret belongs to, if it is still open, in one statement."""
    if not session:
        return None
    row = db.session.execute(
        select(Account.id, Account.name, Account.role, Account.lang)
        .join(StaffSession, StaffSession.account_id == Account.id)
        .where(
            StaffSession.digest == digest(session),
            StaffSession.ended_at.is_(None),
            StaffSession.begun_at > clock.now() - SESSION_LIVES,
            Account.ended_at.is_(None),
        )
    ).first()
    return Present(*row) if row else None


def end_session(session: str, now: datetime) -> None:
    """End a session on the server; call inside a unit of work."""
    db.session.execute(
        update(StaffSession)
        .where(StaffSession.digest == digest(session), StaffSession.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def first_administrator_secret() -> str | None:
    """A one-time secret for the first administrator, made anew at each start until an administrator has signed in."""
    signed_in = select(StaffSession.digest).join(Account).where(Account.role == Role.ADMIN).limit(1)
    if db.session.execute(signed_in).first() is not None:
        return None
    now = clock.now()
    with unit_of_work():
        account_id = db.session.scalar(
            select(Account.id).where(Account.role == Role.ADMIN).order_by(Account.id).limit(1)
        )
        return new_link(account_id or add_account("admin@localhost", "Administrator", Role.ADMIN, now), now)
