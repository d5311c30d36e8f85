"""There is always an administrator left, even when two demote each other at the same moment."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.staff import accounts
from booking.staff.accounts import AccountUnknown, LastAdministrator
from booking.staff.models import Account, Role
from booking.staff.sessions import add_account


def an_account(email: str, role: Role = Role.ADMIN) -> int:
    with unit_of_work():
        return add_account(email, "", role, clock.now())


def administrators() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Account.role == Role.ADMIN, Account.ended_at.is_(None))) or 0


@pytest.mark.parametrize("end_them", [True, False], ids=["end", "demote"])
def test_of_administrators_who_remove_each_other_at_once_one_is_left(app: Flask, now: datetime, end_them: bool) -> None:
    for turn in range(5):
        people = [an_account(f"a{turn}-{n}@example.org") for n in range(4 if turn == 0 else 3)]
        everybody = [person.id for person in accounts.people() if person.role is Role.ADMIN and not person.ended_at]
        assert set(people) <= set(everybody)
        db.session.remove()
        start, answers = Barrier(len(everybody)), Counter[str]()

        def remove(account_id: int, start: Barrier = start, answers: Counter[str] = answers) -> None:
            with app.app_context():
                start.wait()
                try:
                    with unit_of_work():
                        if end_them:
                            accounts.end(account_id, actor="command", now=now)
                        else:
                            accounts.change_role(account_id, Role.DESK, actor="command")
                    answers["done"] += 1
                except LastAdministrator:
                    answers["refused"] += 1
                db.session.remove()

        threads = [Thread(target=remove, args=(account,)) for account in everybody]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == {"done": len(everybody) - 1, "refused": 1}
        assert administrators() == 1


def test_an_ended_administrator_does_not_count(app: Flask, now: datetime) -> None:
    first, second = an_account("a@example.org"), an_account("b@example.org")
    with unit_of_work():
        accounts.end(second, actor="command", now=now)
    with pytest.raises(LastAdministrator), unit_of_work():
        accounts.end(first, actor="command", now=now)


def test_a_desk_can_be_ended_though_there_is_one_administrator(app: Flask, now: datetime) -> None:
    an_account("a@example.org")
    desk = an_account("b@example.org", Role.DESK)
    with unit_of_work():
        accounts.end(desk, actor="command", now=now)
    with pytest.raises(AccountUnknown), unit_of_work():
        accounts.end(desk, actor="command", now=now)


def test_nobody_can_be_made_anything(app: Flask) -> None:
    with pytest.raises(AccountUnknown), unit_of_work():
        accounts.change_role(99, Role.ADMIN, actor="command")
