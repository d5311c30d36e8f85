"""What time and operators do to all of it: nights that forget, a copy of the database put back, years that go by."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select, update

from booking.bookings.models import Booking
from booking.kernel import clock
from booking.kernel.database import db
from booking.receipts.models import PaymentReceipt
from booking.running.backup import backup
from booking.running.check import FORGOTTEN, breaches
from booking.running.forgetting import forget_all, late
from booking.running.restore import restore
from tests.properties.world import MoodyTill
from tests.support.unguarded import unguarded

COPIES = 1  # put back in each example: reading a whole copy takes as long as many other steps
OUTSIDE = ("sent", "by_hand", "disputed", "lost", "disputes")  # what the provider and the banks know


class NightMoves(RuleBasedStateMachine):
    """People are forgotten in time, and an accident costs what came after the copy, nothing else."""

    app: Flask
    clock: time_machine.Traveller
    till: MoodyTill

    def __init__(self) -> None:
        super().__init__()
        self.last_night = clock.now()
        self.asked_who_is_overdue = clock.now() - timedelta(days=1)
        self.copied = 0
        self.copy: tuple[Path, int, dict[str, Any]] | None = None

    def nights_pass(self) -> None:
        """Whoever's time is over is forgotten at night; every other night may fail without anybody being overdue."""
        if clock.now() - self.last_night >= timedelta(days=2):
            self.the_night_forgets()

    def the_night_forgets(self) -> None:
        """Whatever stands just now."""
        self.last_night = clock.now()
        assert forget_all(clock.now()).failed == {}

    @invariant()
    def nothing_is_breached(self) -> None:
        """I1 to I10, and all else that the check asks.

        Who should have been forgotten changes by the day: that is asked when half a day has gone since it was.
        """
        db.session.rollback()
        lately = clock.now() - self.asked_who_is_overdue < timedelta(hours=12)
        assert breaches(but={FORGOTTEN} if lately else ()) == []
        if not lately:
            self.asked_who_is_overdue = clock.now()

    @precondition(lambda self: db.engine.dialect.name == "sqlite" and self.copied < COPIES)
    @rule()
    def a_copy_is_made_and_later_put_back(self) -> None:
        """The first time a copy is made; then it is put back, unless others have booked since, whom it does not know.

        The provider goes back with it: what it makes of payments that we have lost is asked elsewhere.
        """
        db.session.rollback()
        last = db.session.scalar(select(func.max(Booking.id))) or 0
        if self.copy is None or self.copy[1] != last:
            file = Path(self.app.instance_path) / "copy.db"
            backup(file)
            self.copy = file, last, deepcopy({name: getattr(self.till, name) for name in OUTSIDE})
            return
        file, _last, outside = self.copy
        kept = restore(file, self.app, clock.now())
        for path in Path(kept).parent.glob(f"{Path(kept).name}*"):
            path.unlink()
        for name, value in outside.items():
            setattr(self.till, name, value)
        self.copy, self.copied = None, self.copied + 1

    def years_pass(self) -> None:
        """Long after, nobody is left whose time is over, and the books still hold."""
        self.clock.shift(timedelta(days=6 * 366))
        self.the_database_sees_that_years_have_passed()
        self.the_night_forgets()
        assert late(clock.now()) == []

    @staticmethod
    def the_database_sees_that_years_have_passed() -> None:
        """Its guards go by its own clock, which nobody here shifts: by that, too, the time of those receipts is over
        whose time is over by ours."""
        over = update(PaymentReceipt).where(PaymentReceipt.kept_until <= clock.now().date())
        db.session.rollback()
        with db.engine.begin() as connection, unguarded(connection):
            connection.execute(over.values(on_day=date(2000, 1, 1), kept_until=func.current_date()))
