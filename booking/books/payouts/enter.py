"""A payout is entered, by hand or from the provider's file, each once; and taken back when it was a mistake.

The same money under two names is one payout: what agrees in day and sum is asked about when it is typed, and a file's
rows go to the one that was typed before. Payouts that one file tells apart are not the same however alike they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, select, update

from booking.books.models import Payout, PayoutRow
from booking.books.payouts.file import LONGEST_REF, ReadRow, read_payout_file
from booking.books.payouts.queries import first_payout_day
from booking.books.posting import first_open_day
from booking.centre.facts import CentreFacts
from booking.kernel.database import db, one_at_a_time, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.kernel.typed import one_line
from booking.payments.provider import PayWay
from booking.records.audit import note

TURN = ("payouts",)
LONGEST_REASON = 200
ON_ITS_WAY = timedelta(days=14)  # the provider's file has the day on which it expects the money to arrive


class PayoutWrong(Refusal):
    """A payout without a name, or of a sum that cannot be."""


class PayoutDayWrong(Refusal):
    """Of a day on which nothing can have been paid out: before the `first`, or after the `last` that can be."""

    def __init__(self, ref: str, on: date, first: date, last: date) -> None:
        super().__init__(ref, on, first, last)
        self.ref = ref
        self.on = on
        self.first = first
        self.last = last


class PayoutThere(Refusal):
    """It was entered before."""


class PayoutAlike(Refusal):
    """One of the same day and sum was entered under another name, `ref`; `amount` in minor units."""

    def __init__(self, ref: str, on: date, amount: int) -> None:
        super().__init__(ref, on, amount)
        self.ref = ref
        self.on = on
        self.amount = amount


class PayoutUnlike(Refusal):
    """The file has a payout of a name that was entered with another day or sum; nothing of the file is taken."""

    def __init__(self, ref: str, entered: tuple[date, int], read: tuple[date, int]) -> None:
        super().__init__(ref, entered, read)
        self.ref = ref
        self.entered = entered
        self.read = read


class NoSuchPayout(Refusal):
    """There is none, or it was taken back."""


class PayoutReasonWrong(Refusal):
    """No reason for taking it back, or one that is too long."""


@dataclass(frozen=True, slots=True)
class PayoutSums:
    """A payout as it is told: so much came, so much was kept by the provider; minor units."""

    ref: str
    on: date
    amount: int
    charges: int
    way: PayWay = PayWay.CARD


@dataclass(frozen=True, slots=True)
class TakenPayouts:
    """What became of a file: payouts that are new, and that were there.

    `typed` are those that people had entered, each with its name then and at the provider; `put_right` of them those
    whose charges were other than typed; `back` those that had been taken back and count again.
    """

    new: int
    there: int
    typed: tuple[tuple[str, str], ...] = ()
    put_right: tuple[str, ...] = ()
    back: tuple[str, ...] = ()


def enter_payout(payout: PayoutSums, centre: CentreFacts, actor: str, now: datetime, *, another: bool = False) -> None:
    """Note a payout that somebody typed; `another`: they have seen one of that day and sum, and it is not that one.

    Raises PayoutWrong, PayoutDayWrong, PayoutThere, PayoutAlike.
    """
    payout = replace(payout, ref=one_line(payout.ref))
    if not 0 < len(payout.ref) <= LONGEST_REF or payout.amount <= 0 or payout.charges < 0:
        raise PayoutWrong
    with unit_of_work():
        one_at_a_time(TURN)
        _refuse_day([payout], first_payout_day(centre, now), centre.local(now).date())
        there = _named(payout.ref)
        if there is not None and there.taken_back_at is None:
            raise PayoutThere
        alike = _alike(payout)
        if alike and not another:
            raise PayoutAlike(alike[0].ref, payout.on, payout.amount)
        if there is None:
            _insert(payout, now)
        else:
            _bring_back(there, payout, now)
        _note(payout, actor)


def take_payout_file(content: bytes, centre: CentreFacts, actor: str, now: datetime) -> TakenPayouts:
    """Take a file, whole or not at all. Raises NoPayoutFile, PayoutDayWrong, PayoutUnlike."""
    by_ref: dict[str, list[ReadRow]] = defaultdict(list)
    for row in read_payout_file(content, centre.currency):
        by_ref[row.ref].append(row)
    with unit_of_work():
        one_at_a_time(TURN)
        payouts = {ref: _sums(ref, rows) for ref, rows in by_ref.items()}
        _refuse_day(payouts.values(), first_payout_day(centre, now), centre.local(now).date() + ON_ITS_WAY)
        taking = _Taking(frozenset(by_ref), centre, actor, now)
        for ref, rows in by_ref.items():
            taking.take(payouts[ref], rows)
        return taking.taken


def take_back_payout(payout_id: int, reason: str, centre: CentreFacts, actor: str, now: datetime) -> str:
    """A payout was entered by mistake: it counts no more. Returns its name. Raises NoSuchPayout, PayoutReasonWrong."""
    why = one_line(reason)
    if not 0 < len(why) <= LONGEST_REASON:
        raise PayoutReasonWrong
    with unit_of_work():
        one_at_a_time(TURN)
        payout = db.session.get(Payout, payout_id, populate_existing=True)
        if payout is None or payout.taken_back_at is not None:
            raise NoSuchPayout
        _change(payout, _day_of_change(payout.on_day, centre, now), now, taken_back_at=now, once=None, reason=why)
        before = {"amount": payout.amount, "fee": payout.charges}
        note(actor, "books.payout_taken_back", f"payout:{payout.ref}", before, {"reason": why})
        return payout.ref


def _refuse_day(payouts: Iterable[PayoutSums], first: date, last: date) -> None:
    """A day too early would begin the books years before there was anything; one too late, wait for years."""
    for payout in payouts:
        if not first <= payout.on <= last:
            raise PayoutDayWrong(payout.ref, payout.on, first, last)


class _Taking:
    """Puts the payouts of a file where they belong, one after the other."""

    def __init__(self, refs: frozenset[str], centre: CentreFacts, actor: str, now: datetime) -> None:
        self._refs, self._centre, self._actor, self._now = refs, centre, actor, now
        self.taken = TakenPayouts(0, 0)

    def take(self, payout: PayoutSums, rows: Sequence[ReadRow]) -> None:
        """One of them, with its rows."""
        there, taken = _named(payout.ref), self.taken
        if there is not None and there.taken_back_at is None:
            if (there.on_day, there.amount) != (payout.on, payout.amount):
                raise PayoutUnlike(payout.ref, (there.on_day, there.amount), (payout.on, payout.amount))
            self.taken = replace(taken, there=taken.there + 1)
            if not _has_rows(there.id):
                self._attach(there, payout, rows)
            return
        typed = self._typed(payout)
        if typed is not None:
            if there is not None:
                _give_up_name(there)
            self.taken = replace(taken, typed=(*taken.typed, (typed.ref, payout.ref)))
            self._attach(typed, payout, rows)
            return
        if there is not None:
            payout_id = _bring_back(there, payout, self._now)
            self.taken = replace(taken, back=(*taken.back, payout.ref))
        else:
            payout_id = _insert(payout, self._now)
            self.taken = replace(taken, new=taken.new + 1)
        _insert_rows(payout_id, rows)
        _note(payout, self._actor)

    def _typed(self, payout: PayoutSums) -> Payout | None:
        """One that somebody typed under a name of their own, and that no file has told of yet."""
        alike = [each for each in _alike(payout) if each.ref not in self._refs and not _has_rows(each.id)]
        return alike[0] if alike else None

    def _attach(self, typed: Payout, payout: PayoutSums, rows: Sequence[ReadRow]) -> None:
        """The file's rows and name are those of one that was typed, and its charges are what counts."""
        before = {"reference": typed.ref, "amount": typed.amount, "fee": typed.charges}
        if typed.charges == payout.charges:
            run(update(Payout).where(Payout.id == typed.id).values(ref=payout.ref))
        else:
            on = _day_of_change(typed.on_day, self._centre, self._now)
            _change(typed, on, self._now, ref=payout.ref, charges=payout.charges)
            self.taken = replace(self.taken, put_right=(*self.taken.put_right, payout.ref))
        _insert_rows(typed.id, rows)
        after = {"reference": payout.ref, "amount": payout.amount, "fee": payout.charges}
        note(self._actor, "books.payout", f"payout:{payout.ref}", before, after)


def _sums(ref: str, rows: Sequence[ReadRow]) -> PayoutSums:
    gross, charges = sum(row.gross for row in rows), sum(row.charges for row in rows)
    return PayoutSums(ref, max(row.on for row in rows), gross - charges, charges)


def _named(ref: str) -> Payout | None:
    return db.session.scalars(select(Payout).where(Payout.ref == ref).execution_options(populate_existing=True)).first()


def _alike(payout: PayoutSums) -> list[Payout]:
    """Those of the same day, sum and way that count, the first entered first."""
    query = select(Payout).where(
        Payout.on_day == payout.on,
        Payout.amount == payout.amount,
        Payout.way == payout.way,
        Payout.taken_back_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(Payout.id).execution_options(populate_existing=True)))


def _has_rows(payout_id: int) -> bool:
    return run(select(PayoutRow.id).where(PayoutRow.payout_id == payout_id).limit(1)).first() is not None


def _once(payout: PayoutSums) -> str:
    """Its day and sum, and the first place that is free among those alike."""
    way = "" if payout.way is PayWay.CARD else f"{payout.way}:"
    begins, place = f"{way}{payout.on}:{payout.amount}:", 1
    held = {each.once for each in _alike(payout)}
    while f"{begins}{place}" in held:
        place += 1
    return f"{begins}{place}"


def _insert(payout: PayoutSums, now: datetime) -> int:
    values = {
        "ref": payout.ref, "on_day": payout.on, "amount": payout.amount, "charges": payout.charges, "taken_at": now,
        "once": _once(payout), "way": payout.way,
    }  # fmt: skip
    return int(run(insert(Payout).returning(Payout.id), values).scalar_one())


def _insert_rows(payout_id: int, rows: Sequence[ReadRow]) -> None:
    values = [
        {
            "payout_id": payout_id, "kind": row.kind, "ref": row.charge, "item": row.item, "gross": row.gross,
            "charges": row.charges,
        }
        for row in rows
    ]  # fmt: skip
    run(insert(PayoutRow), values)


def _bring_back(there: Payout, payout: PayoutSums, now: datetime) -> int:
    """One that was taken back counts after all, as it is told now; its id.

    Of another day it is another one, so that the books take the first off its day and have this on its own.
    """
    run(delete(PayoutRow).where(PayoutRow.payout_id == there.id))
    if payout.on != there.on_day:
        _give_up_name(there)
        return _insert(payout, now)
    _change(
        there, payout.on, now, amount=payout.amount, charges=payout.charges, taken_at=now, taken_back_at=None,
        reason="", once=_once(payout), way=payout.way,
    )  # fmt: skip
    return there.id


def _give_up_name(gone: Payout) -> None:
    """One that was taken back leaves its name to the one that counts instead."""
    run(update(Payout).where(Payout.id == gone.id).values(ref=f"{gone.ref[:60]} #{gone.id}"))


def _change(payout: Payout, on: date, now: datetime, **values: object) -> None:
    """The books have on that day what is otherwise than they say."""
    changed = update(Payout).where(Payout.id == payout.id)
    run(changed.values(version=Payout.version + 1, changed_at=now, changed_on=on, **values))


def _day_of_change(on: date, centre: CentreFacts, now: datetime) -> date:
    """The payout's own day while its month is open, else today."""
    first = first_open_day()
    return on if first is None or on >= first else centre.local(now).date()


def _note(payout: PayoutSums, actor: str) -> None:
    told = {"amount": payout.amount, "fee": payout.charges} | ({} if payout.way is PayWay.CARD else {"way": payout.way})
    note(actor, "books.payout", f"payout:{payout.ref}", None, told)
