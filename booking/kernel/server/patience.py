"""How long the database is waited for, by what kind of process waits: a visitor for seconds, nightly work for minutes.

The server's own limits (statement, lock, a transaction left open) end what it works on. A server that has frozen ends
nothing, and its machine still takes what we send: against that stands a limit of our own on each answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Process(StrEnum):
    """What a process is there for."""

    WEB = "web"
    WORKER = "worker"
    TOOL = "tool"  # a command, a migration, a restore, a test: takes as long as it takes


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds of waiting; 0 is without end."""

    statement: int
    lock: int
    idle: int  # with a transaction open and nothing to do

    @property
    def answer(self) -> float | None:
        """Until a server that says nothing counts as frozen: later than it would have ended the statement itself."""
        return self.statement + 1.0 if self.statement else None


@dataclass(frozen=True, slots=True)
class Waits:
    """The limits of one installation. `pooled`: a pooler stands between, each transaction is on a connection of its."""

    connect: int = 3
    network: int = 8  # until a machine that acknowledges nothing counts as gone
    pooled: bool = False
    of: Mapping[Process, Patience] = field(
        default_factory=lambda: {Process.WEB: Patience(7, 4, 10), Process.WORKER: Patience(300, 20, 60)}
    )

    @property
    def here(self) -> Patience:
        """Those of the process that asks."""
        return self.of.get(_this[0], _ENDLESS)


_ENDLESS = Patience(0, 0, 0)
_this = [Process.TOOL]


def become(process: Process) -> None:
    """Say what this process is there for; before it asks the database anything. Forked ones begin as their parent."""
    _this[0] = process


def this_process() -> Process:
    """What it is there for."""
    return _this[0]
