"""What a seed plans: which operation comes when, whose dice it has, and what befalls the house before which of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Kind(StrEnum):
    """What people do."""

    LOOK = "look around"
    BUY = "buy"
    WALK_AWAY = "leave the till"
    BANK = "pay by a slow bank"
    DECLINED = "a card declined first"
    VIPPS = "pay with Vipps"
    VIPPS_NO = "say no in Vipps first"
    CANCEL = "cancel"
    MOVE = "take another time"
    LET_IN = "let in at the desk"
    WALK_IN = "sell at the desk"
    CLASS = "book a class"
    CLASS_OFF = "cancel a class"
    ROOM = "open more places"
    INVOICE = "issue invoices"


WEIGHTS: dict[Kind, int] = {
    Kind.LOOK: 30,
    Kind.BUY: 30,
    Kind.WALK_AWAY: 2,
    Kind.BANK: 3,
    Kind.DECLINED: 2,
    Kind.VIPPS: 12,
    Kind.VIPPS_NO: 4,
    Kind.CANCEL: 6,
    Kind.MOVE: 4,
    Kind.LET_IN: 8,
    Kind.WALK_IN: 6,
    Kind.CLASS: 2,
    Kind.CLASS_OFF: 1,
    Kind.ROOM: 4,
    Kind.INVOICE: 1,
}


class Mishap(StrEnum):
    """What befalls the house."""

    KILL_WEB = "kill -9 a server and its children"
    KILL_ANSWERING = "kill -9 a process that answers"
    KILL_WORKER = "kill -9 the worker"
    KILL_DATABASE = "kill -9 a process of the database"
    FREEZE_WEB = "SIGSTOP a server"
    FREEZE_WORKER = "SIGSTOP the worker"
    FREEZE_DATABASE = "freeze the database"
    STOP_DATABASE = "stop the database"
    PAYMENT_AWAY = "cut off from cards"
    VIPPS_AWAY = "cut off from Vipps"
    MAIL_AWAY = "cut off from mail"
    WEBHOOKS = "news of payments badly brought"
    CLOCK = "a clock that is off"


KILLS = (Mishap.KILL_WEB, Mishap.KILL_ANSWERING, Mishap.KILL_WORKER, Mishap.KILL_DATABASE)
OTHERS = tuple(mishap for mishap in Mishap if mishap not in KILLS)
# One of a kill and what stands still or is cut off for each kill; so many of the others as kills.


@dataclass(frozen=True)
class Operation:
    """One of the plan; `dice` is the seed of its own."""

    number: int
    kind: Kind
    dice: str


@dataclass(frozen=True)
class Blow:
    """A mishap before the operation of this number."""

    before: int
    mishap: Mishap
    dice: str


@dataclass(frozen=True)
class Plan:
    """All that a seed plans."""

    operations: tuple[Operation, ...]
    blows: tuple[Blow, ...]


def plan(seed: int, operations: int, kills: int, *, has_server: bool) -> Plan:
    """The same for the same seed; a database without a server of its own is not killed."""
    dice = Random(f"{seed}")
    kinds = dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=operations)
    deadly = [kill for kill in KILLS if has_server or kill is not Mishap.KILL_DATABASE]
    others = [other for other in OTHERS if has_server or other is not Mishap.STOP_DATABASE]
    mishaps = [*_each(dice, deadly, kills), *_each(dice, others, kills)]
    dice.shuffle(mishaps)
    step = operations / (len(mishaps) + 1)
    moments = [round((number + 1 + dice.uniform(-0.4, 0.4)) * step) for number in range(len(mishaps))]
    return Plan(
        tuple(Operation(number, kind, f"{seed}:{number}") for number, kind in enumerate(kinds)),
        tuple(
            Blow(before, mishap, f"{seed}:blow:{number}")
            for number, (before, mishap) in enumerate(zip(moments, mishaps, strict=True))
        ),
    )


def _each(dice: Random, kinds: list[Mishap], times: int) -> list[Mishap]:
    """So many, of each kind about as many."""
    return [kinds[number % len(kinds)] for number in range(times)] if times >= len(kinds) else dice.sample(kinds, times)
