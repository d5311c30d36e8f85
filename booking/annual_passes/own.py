"""A pass as its pages and its letter show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select, text, update

from booking.annual_passes.issue import OrderedPass, ordered
from booking.annual_passes.models import HAD_ANOTHER_CODE, LIVES, AnnualPass, BlockReason, PassUse
from booking.annual_passes.standing import PassDays, PassStanding, standing
from booking.kernel.database import run


@dataclass(frozen=True, slots=True)
class PassFacts:
    """A pass with what was ordered; see models.AnnualPass."""

    id: int
    booking_id: int
    code: str
    secret: str
    days: PassDays
    used_on: date | None
    admits: int
    open_bookings: int
    waits_until: date | None
    block_reason: BlockReason | None
    is_withdrawn: bool
    asked: int
    order: OrderedPass

    @property
    def is_stopped(self) -> bool:
        """Whether it opens nothing, whatever the day."""
        return self.is_withdrawn or self.block_reason is not None

    def standing(self, day: date) -> PassStanding:
        """Whether it may be used on a day."""
        return standing(self.days, day, is_blocked=self.block_reason is not None, is_withdrawn=self.is_withdrawn)


_PASS = select(
    AnnualPass.id, AnnualPass.booking_id, AnnualPass.code, AnnualPass.secret, AnnualPass.first_day,
    AnnualPass.begins_by, AnnualPass.last_day, AnnualPass.used_on, AnnualPass.admits, AnnualPass.open_bookings,
    AnnualPass.waits_until, AnnualPass.block_reason, AnnualPass.withdrawn_at.is_not(None),
    AnnualPass.asked,
)  # fmt: skip
_BY = {
    "secret": _PASS.where(AnnualPass.secret == bindparam("sought")),
    "booking": _PASS.where(AnnualPass.booking_id == bindparam("sought")),
    "id": _PASS.where(AnnualPass.id == bindparam("sought")),
    "code": _PASS.where(AnnualPass.code == bindparam("sought")),
}


def pass_by_secret(secret: str) -> PassFacts | None:
    """The pass whose own page this secret opens; two statements."""
    return _of("secret", secret)


def pass_of(booking_id: int) -> PassFacts | None:
    """The pass that a booking bought; two statements."""
    return _of("booking", booking_id)


def pass_by_id(pass_id: int) -> PassFacts | None:
    """The pass with this id; two statements."""
    return _of("id", pass_id)


def pass_by_code(code: str) -> PassFacts | None:
    """The pass that this code is of; two statements."""
    return _of("code", code)


def was_replaced(code: str) -> bool:
    """Whether this code was that of a pass, and another has taken its place; one statement."""
    replaced = select(AnnualPass.id).where(AnnualPass.former_code == code, text(HAD_ANOTHER_CODE))
    return run(replaced).first() is not None


def passes_on(booking_id: int) -> list[PassFacts]:
    """The passes that people of a booking come on; a statement, and one for each."""
    query = select(PassUse.pass_id).where(PassUse.booking_id == booking_id, text(LIVES)).order_by(PassUse.pass_id)
    known = [pass_by_id(int(pass_id)) for (pass_id,) in run(query).all()]
    return [bought for bought in known if bought is not None]


def _of(by: str, sought: str | int) -> PassFacts | None:
    row = run(_BY[by], {"sought": sought}).first()
    order = ordered(row[1]) if row is not None else None
    if row is None or order is None:
        return None
    pass_id, booking_id, code, secret, first, begins_by, last, used_on, admits, coming, waits, why, back, turn = row
    days = PassDays(first, begins_by, last)
    return PassFacts(
        pass_id, booking_id, code, secret, days, used_on, admits, coming, waits, why, back, turn, order
    )  # fmt: skip


def has_gone(pass_id: int, turn: int, now: datetime) -> None:
    """Its letter is with the mail server; call inside a unit of work."""
    _told(pass_id, turn, sent_at=now, bounced_at=None)


def came_back(pass_id: int, turn: int, now: datetime) -> None:
    """No server takes its letter: staff are told; call inside a unit of work."""
    _told(pass_id, turn, bounced_at=now)


def _told(pass_id: int, turn: int, **values: datetime | None) -> None:
    told = update(AnnualPass).where(AnnualPass.id == pass_id, AnnualPass.asked == turn)
    run(told.values(**values).execution_options(synchronize_session=False))
