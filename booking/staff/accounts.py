"""Who works here: invite, give another role, end. There is always an administrator left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from booking.kernel.database import as_values, db
from booking.kernel.refusals import Refusal
from booking.outbox.promises import promise
from booking.records.audit import note
from booking.staff import second_factor
from booking.staff.models import Account, Role, StaffSession
from booking.staff.second_factor import has_second_factor
from booking.staff.sessions import add_account, end_all, end_links, new_link
from booking.staff.vault import Vault

INVITATION_LIVES = timedelta(days=7)


class AccountUnknown(Refusal):
    """There is no such account, or it has been ended."""


class AddressTaken(Refusal):
    """Somebody who works here has this address."""


class LastAdministrator(Refusal):
    """Nobody would be left who can let people in."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An account as administrators see it."""

    id: int
    email: str
    name: str
    role: Role
    lang: str
    created_at: datetime
    ended_at: datetime | None
    has_password: bool
    has_second: bool
    seen_at: datetime | None

    @property
    def secured(self) -> bool:
        """Whether the account has a password and a second factor."""
        return self.has_password and self.has_second


def people() -> list[StaffMember]:
    """Everybody: those who work here first, by name."""
    ended_last = (Account.ended_at.is_not(None), Account.name, Account.email)
    return as_values(StaffMember, [tuple(row) for row in db.session.execute(_people().order_by(*ended_last))])


def person(account_id: int) -> StaffMember:
    """One of them. Raises AccountUnknown."""
    row = db.session.execute(_people().where(Account.id == account_id)).first()
    if row is None:
        raise AccountUnknown
    return StaffMember(*row)


def invite(email: str, name: str, role: Role, lang: str, *, actor: str, now: datetime) -> int:
    """An account for somebody new, or for somebody who comes back; call inside a unit of work. Returns its id.

    Raises AddressTaken.
    """
    known = db.session.execute(select(Account.id, Account.ended_at).where(Account.email == email)).first()
    if known is None:
        return add_account(email, name, role, now, lang=lang, actor=actor)
    back = db.session.execute(
        update(Account)
        .where(Account.id == known.id, Account.ended_at.is_not(None))
        .values(ended_at=None, name=name, role=role, lang=lang)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if back is None:
        raise AddressTaken
    note(actor, "account.reopen", f"account:{back}", {"state": "ended"}, {"state": "open", "role": role.value})
    return back


def fresh_link(account_id: int, *, reset: bool, actor: str, now: datetime) -> str:
    """A one-time link to hand over; with `reset` every second factor goes too. Call inside a unit of work.

    Raises AccountUnknown.
    """
    _prepare_link(account_id, reset, actor)
    return new_link(account_id, now)


def send_link(account_id: int, nonce: str, vault: Vault, *, reset: bool, actor: str, now: datetime) -> None:
    """Promise a mail with a one-time link; call inside a unit of work. Raises AccountUnknown.

    The outbox keeps only the nonce that the link can be made from again.
    """
    _prepare_link(account_id, reset, actor)
    new_link(account_id, now, secret=vault.secret_for(nonce), lives=INVITATION_LIVES)
    promise("mail.invitation", f"invitation:{nonce}", {"account_id": account_id, "nonce": nonce})


def _prepare_link(account_id: int, reset: bool, actor: str) -> None:
    staff_member = person(account_id)
    if staff_member.ended_at is not None:
        raise AccountUnknown
    if reset:
        second_factor.reset(account_id)
    note(actor, "account.link", f"account:{account_id}", None, {"reset": reset})


def change_role(account_id: int, role: Role, *, actor: str) -> None:
    """Another role, from the next page on; call inside a unit of work. Raises AccountUnknown, LastAdministrator."""
    before = _living(account_id)
    if before is role:
        return
    changed = db.session.execute(
        update(Account)
        .where(Account.id == account_id, Account.ended_at.is_(None), _another_administrator_or_none_lost())
        .values(role=role)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if changed is None:
        raise LastAdministrator
    note(actor, "account.role", f"account:{account_id}", {"role": before.value}, {"role": role.value})


def end(account_id: int, *, actor: str, now: datetime) -> None:
    """Somebody stops working here: sessions, links, password and keys end at once; call inside a unit of work.

    The row stays, since the log names it. Raises AccountUnknown, LastAdministrator.
    """
    before = _living(account_id)
    ended = db.session.execute(
        update(Account)
        .where(Account.id == account_id, Account.ended_at.is_(None), _another_administrator_or_none_lost())
        .values(ended_at=now, password_hash=None, password_at=None)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if ended is None:
        raise LastAdministrator
    second_factor.reset(account_id)
    end_links(account_id, now)
    sessions = end_all(account_id, now)
    facts = {"state": "open", "role": before.value, "sessions": sessions}
    note(actor, "account.end", f"account:{account_id}", facts, {"state": "ended"})


def describe(account_id: int, name: str, lang: str) -> None:
    """What somebody is called and spoken to in; call inside a unit of work."""
    before = db.session.execute(select(Account.name, Account.lang).where(Account.id == account_id)).one()
    if (before.name, before.lang) == (name, lang):
        return
    db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(name=name, lang=lang)
        .execution_options(synchronize_session=False)
    )
    facts = {"lang": lang, "name_changed": before.name != name}
    note(f"account:{account_id}", "account.describe", f"account:{account_id}", {"lang": before.lang}, facts)


def _living(account_id: int) -> Role:
    query = select(Account.role).where(Account.id == account_id, Account.ended_at.is_(None))
    role = db.session.scalar(query)
    if role is None:
        raise AccountUnknown
    return role


def _another_administrator_or_none_lost() -> ColumnElement[bool]:
    """True unless the row is the last administrator's.

    Two who demote each other at once would each see the other: the rows are locked first, always in the same order,
    so that the second looks after the first has committed. SQLite has one writer anyway.
    """
    all_of_them = Account.__table__.alias("administrator")
    administrators = (
        select(all_of_them.c.id)
        .where(all_of_them.c.role == Role.ADMIN, all_of_them.c.ended_at.is_(None))
        .order_by(all_of_them.c.id)
        .with_for_update()
        .cte("administrators")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return or_(Account.role != Role.ADMIN, select(func.count()).select_from(administrators).scalar_subquery() > 1)


def _people() -> Select[*tuple[Any, ...]]:
    seen = (
        select(func.max(StaffSession.seen_at))
        .where(StaffSession.account_id == Account.id)
        .correlate(Account)
        .scalar_subquery()
    )
    return select(
        Account.id,
        Account.email,
        Account.name,
        Account.role,
        Account.lang,
        Account.created_at,
        Account.ended_at,
        Account.password_hash.is_not(None),
        has_second_factor(),
        seen,
    )
