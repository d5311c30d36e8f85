"""One-time links, and the sessions that signing in opens. Secrets are kept as SHA-256: they are random, not chosen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, and_, bindparam, select, update

from booking.kernel import clock
from booking.kernel.codes import new_reference, new_secret
from booking.kernel.database import UTCDateTime, as_values, db, unit_of_work
from booking.kernel.prepared import ReadyStatement
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.staff.models import Account, Role, SignInLink, SignInWay, StaffSession
from booking.staff.second_factor import has_second_factor

LINK_LIVES = timedelta(hours=24)
SESSION_LIVES = timedelta(hours=12)
SESSION_RESTS = timedelta(hours=2)  # unused for so long, it is over: pages of a counter look for news by themselves
SEEN_EVERY = timedelta(minutes=5)  # how exactly the list of sessions knows when one was last seen


class LinkUnknown(Refusal):
    """The link does not exist, was used, or has run out: all the same to whoever holds it."""


@dataclass(frozen=True, slots=True)
class Present:
    """A signed-in member of the staff. `secured` once there is a password and a second factor."""

    account_id: int
    name: str
    role: Role
    lang: str
    secured: bool
    session: str  # its public id
    seen_at: datetime

    @property
    def actor(self) -> str:
        """How the audit log names them."""
        return f"account:{self.account_id}"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it."""

    public_id: str
    device: str
    opened_with: SignInWay
    begun_at: datetime
    seen_at: datetime


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_account(email: str, name: str, role: Role, now: datetime, *, lang: str = "", actor: str = "command") -> int:
    """The account with this address, made if there is none; call inside a unit of work. Returns its id.

    Without a language of its own it is spoken to in the browser's.
    """
    account = db.session.scalar(select(Account).where(Account.email == email))
    if account is None:
        account = Account(email=email, name=name, role=role, lang=lang, created_at=now)
        db.session.add(account)
        db.session.flush()
        note(actor, "account.add", f"account:{account.id}", None, {"role": role.value})
    return account.id


def new_link(account_id: int, now: datetime, *, secret: str = "", lives: timedelta = LINK_LIVES) -> str:
    """A fresh one-time secret that signs this account in, in place of any before; call inside a unit of work."""
    end_links(account_id, now)
    secret = secret or new_secret()
    link = SignInLink(digest=digest(secret), account_id=account_id, made_at=now, expires_at=now + lives)
    db.session.add(link)
    return secret


def end_links(account_id: int, now: datetime) -> None:
    """No link of this account works any more; call inside a unit of work."""
    db.session.execute(
        update(SignInLink)
        .where(SignInLink.account_id == account_id, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def link_lives(secret: str, now: datetime) -> bool:
    """Whether a link would still work."""
    living = select(SignInLink.digest).where(
        SignInLink.digest == digest(secret), SignInLink.used_at.is_(None), SignInLink.expires_at > now
    )
    return db.session.scalar(living) is not None


def spend_link(secret: str, now: datetime) -> int:
    """Use a one-time secret up; call inside a unit of work. Returns the account's id. Raises LinkUnknown.

    It stands for the password: whoever needed a link has forgotten that, and chooses a new one.
    """
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
    db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(password_hash=None, password_at=None)
        .execution_options(synchronize_session=False)
    )
    return account_id


def use_link(secret: str, now: datetime, device: str = "") -> str:
    """Turn a one-time secret into a session's secret, once; call inside a unit of work. Raises LinkUnknown.

    For accounts without a second factor; who has one is asked for it between `spend_link` and `begin_session`.
    """
    return begin_session(spend_link(secret, now), SignInWay.LINK, device, now)


def begin_session(account_id: int, way: SignInWay, device: str, now: datetime) -> str:
    """Open a session; call inside a unit of work. Returns its secret, for the browser alone."""
    secret = new_secret()
    session = StaffSession(
        digest=digest(secret),
        public_id=new_reference(),
        account_id=account_id,
        begun_at=now,
        seen_at=now,
        device=device[:60],
        opened_with=way,
    )
    db.session.add(session)
    note(f"account:{account_id}", "session.begin", f"account:{account_id}", None, {"way": way.value})
    return secret


@cache
def _present() -> ReadyStatement:
    """Asked before every request of the staff's: built once."""
    return ReadyStatement(
        select(
            Account.id,
            Account.name,
            Account.role,
            Account.lang,
            and_(Account.password_hash.is_not(None), has_second_factor()),
            StaffSession.public_id,
            StaffSession.seen_at,
        )
        .join(StaffSession, StaffSession.account_id == Account.id)
        .where(
            StaffSession.digest == bindparam("session"),
            StaffSession.ended_at.is_(None),
            StaffSession.begun_at > bindparam("since", type_=UTCDateTime),
            StaffSession.seen_at > bindparam("idle_since", type_=UTCDateTime),
            Account.ended_at.is_(None),
        )
    )


def present(session: str) -> Present | None:
    """Who a session's secret belongs to, if it is still open, in one statement."""
    if not session:
        return None
    now = clock.now()
    values = {"session": digest(session), "since": now - SESSION_LIVES, "idle_since": now - SESSION_RESTS - SEEN_EVERY}
    row = _present().first(values)
    return Present(*row) if row else None


def note_use(public_id: str, now: datetime) -> None:
    """Note that a session is in use; call inside a unit of work."""
    db.session.execute(
        update(StaffSession)
        .where(StaffSession.public_id == public_id, StaffSession.seen_at < now)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def sessions_of(account_id: int, now: datetime) -> list[OpenSession]:
    """The open sessions of an account, the one seen last first."""
    columns = (
        StaffSession.public_id,
        StaffSession.device,
        StaffSession.opened_with,
        StaffSession.begun_at,
        StaffSession.seen_at,
    )
    own = select(*columns).where(StaffSession.account_id == account_id, _open(now))
    return as_values(OpenSession, db.session.execute(own.order_by(StaffSession.seen_at.desc())).all())


def end_session(session: str, now: datetime) -> None:
    """End a session on the server; call inside a unit of work."""
    _end(StaffSession.digest == digest(session), now)


def end_one(account_id: int, public_id: str, now: datetime) -> bool:
    """End one of the account's own sessions; call inside a unit of work. False when it has no such one."""
    return _end((StaffSession.account_id == account_id) & (StaffSession.public_id == public_id), now) > 0


def end_all(account_id: int, now: datetime, but: str = "") -> int:
    """End the account's sessions, all but one of this public id; call inside a unit of work. Returns how many."""
    return _end((StaffSession.account_id == account_id) & (StaffSession.public_id != but), now)


def first_administrator_secret() -> str | None:
    """A one-time secret for the first administrator, made anew at each start until an administrator has signed in."""
    signed_in = select(StaffSession.digest).join(Account).where(Account.role == Role.ADMIN).limit(1)
    if db.session.execute(signed_in).first() is not None:
        return None
    now = clock.now()
    with unit_of_work():
        account_id = db.session.scalar(
            select(Account.id)
            .where(Account.role == Role.ADMIN, Account.ended_at.is_(None))
            .order_by(Account.id)
            .limit(1)
        )
        return new_link(account_id or add_account("admin@localhost", "Administrator", Role.ADMIN, now), now)


def _open(now: datetime) -> ColumnElement[bool]:
    return and_(
        StaffSession.ended_at.is_(None),
        StaffSession.begun_at > now - SESSION_LIVES,
        StaffSession.seen_at > now - SESSION_RESTS - SEEN_EVERY,
    )


def _end(condition: ColumnElement[bool], now: datetime) -> int:
    ended = db.session.execute(
        update(StaffSession)
        .where(condition, StaffSession.ended_at.is_(None))
        .values(ended_at=now)
        .returning(StaffSession.digest)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())
