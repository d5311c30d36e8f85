"""A run: people at work by the plan, fate beside them, and then rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from random import Random

from tests.chaos import staff as at_work
from tests.chaos import teachers, visitors
from tests.chaos.browser import Away, Refused, Unknown
from tests.chaos.house import House
from tests.chaos.ledger import Bought, Ending, Ledger
from tests.chaos.mishaps import Fate
from tests.chaos.plan import Kind, Operation, Plan
from tests.chaos.staff import Staff
from tests.chaos.visitors import Scene

SALES = (Kind.BUY, Kind.DECLINED, Kind.VIPPS, Kind.VIPPS_NO, Kind.WALK_IN)


@dataclass
class Run:
    """What happened, for the table."""

    house: House
    plan: Plan
    fate: Fate
    people: int
    minutes: float | None = None  # after which nothing more of the plan is begun
    ledger: Ledger = field(default_factory=Ledger)
    done: int = 0
    began: float = 0.0
    seconds: float = 0.0
    last_sale: float = 0.0
    longest_without: float = 0.0
    broken: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def go(self) -> None:
        """All of the plan."""
        staff = at_work.sign_in(self.house, Random("staff"))
        self.began = self.last_sale = time.monotonic()
        todo: SimpleQueue[Operation] = SimpleQueue()
        for operation in self.plan.operations:
            todo.put(operation)
        threads = [threading.Thread(target=self._live, args=(todo, staff)) for _ in range(self.people)]
        threads.append(threading.Thread(target=self._befall))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.seconds = time.monotonic() - self.began

    @property
    def _is_over(self) -> bool:
        late = self.minutes is not None and time.monotonic() - self.began > self.minutes * 60
        return late or bool(self.broken) or self.done == len(self.plan.operations)

    def _live(self, todo: SimpleQueue[Operation], staff: Staff) -> None:
        while not self._is_over:
            try:
                operation = todo.get_nowait()
            except Empty:
                return
            self._operate(operation, staff)
            with self._lock:
                self.done += 1

    def _befall(self) -> None:
        for blow in self.plan.blows:
            while self.done < blow.before:
                if self._is_over:
                    return
                time.sleep(0.02)
            try:
                self.fate.deal(blow)
            except Exception as error:
                self.broken.append(f"{blow.mishap}: {type(error).__name__}: {error}")

    def _operate(self, operation: Operation, staff: Staff) -> None:
        scene = Scene(self.house, self.ledger, Random(operation.dice), operation.number)
        try:
            done = _work(operation.kind, scene, staff)()
        except Refused as refused:
            self.ledger.end(operation.kind, Ending.REFUSED, str(refused))
        except Unknown as unknown:
            self.ledger.end(operation.kind, Ending.UNKNOWN, str(unknown))
        except Away:
            self.ledger.end(operation.kind, Ending.AWAY)
        except Exception as error:
            self.broken.append(f"{operation.kind} {operation.number}: {type(error).__name__}: {error}")
        else:
            self.ledger.end(operation.kind, Ending.SPARED if done is False else Ending.DONE)
            if operation.kind in SALES:
                self._sold()

    def _sold(self) -> None:
        with self._lock:
            now = time.monotonic()
            self.longest_without = max(self.longest_without, now - self.last_sale)
            self.last_sale = now


def _work(kind: Kind, scene: Scene, staff: Staff) -> Callable[[], bool | Bought | None]:
    ways: dict[Kind, Callable[[], bool | Bought | None]] = {
        Kind.LOOK: lambda: visitors.look(scene),
        Kind.BUY: lambda: visitors.buy(scene),
        Kind.WALK_AWAY: lambda: visitors.walk_away(scene),
        Kind.BANK: lambda: visitors.by_a_slow_bank(scene),
        Kind.DECLINED: lambda: visitors.declined_first(scene),
        Kind.VIPPS: lambda: visitors.with_vipps(scene),
        Kind.VIPPS_NO: lambda: visitors.no_in_the_app_first(scene),
        Kind.CANCEL: lambda: visitors.cancel(scene),
        Kind.MOVE: lambda: visitors.move(scene),
        Kind.LET_IN: lambda: at_work.let_in(scene, staff),
        Kind.WALK_IN: lambda: at_work.walk_in(scene, staff),
        Kind.CLASS: lambda: teachers.book_a_class(scene),
        Kind.CLASS_OFF: lambda: teachers.cancel_a_class(scene),
        Kind.ROOM: lambda: at_work.more_room(scene, staff),
        Kind.INVOICE: lambda: at_work.issue(scene, staff),
    }
    return ways[kind]
