"""Two houses measured in turn in one run, so that a ratio stands on a machine that others use too.

They are two builds, or one build with and without a long past. Both serve the same demo centre at the same hour; both
are driven by their pages alone and send their letters by SMTP.
Of each round's pair the ratio is taken, and of the ratios the median.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import create_engine, text

from benchmarks.builds import ROOT, Build
from benchmarks.by_pages import EMAIL, Scanner, Shopping, code_in, shop
from benchmarks.client import Refused, repeat, rush
from benchmarks.server import Running, Usage, free_port
from benchmarks.statement_log import StatementLog
from tests.support.crowd import make_crowd

# An ordinary Wednesday, while the house is open. What a stopped worker had begun is another's two minutes later.
LOADED, CAUGHT_UP, HOUR = (f"2026-12-02T{clock}+01:00" for clock in ("09:00", "09:30", "10:00"))
AT_AN_HOUR = str(ROOT / "benchmarks" / "at_an_hour.py")
PAGES, BOOKINGS = 200, 30
PATIENCE = 120  # seconds for letters to arrive


@dataclass
class Sink:
    """An SMTP server that takes every letter, and keeps those with tickets."""

    letters: list[bytes] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (its name)
        """Called by aiosmtpd for each letter."""
        assert isinstance(envelope.content, bytes)
        if EMAIL in envelope.rcpt_tos and b"application/pdf" in envelope.content:  # tickets; others get other papers
            self.letters.append(envelope.content)
        return "250 taken"

    def wait_for(self, letters: int) -> None:
        """Until so many are here. Raises Refused after a while."""
        until = time.monotonic() + PATIENCE
        while len(self.letters) < letters:
            if time.monotonic() > until:
                raise Refused(f"{len(self.letters)} letters of {letters}")
            time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared: a build, an empty database for it, and the slots and bookings of its past."""

    name: str
    build: Build
    url: str
    past: tuple[int, int] = (0, 0)


@dataclass
class Contender:
    """One side at work: its server, its letters, and what was measured, by name and round."""

    side: Side
    folder: Path
    sink: Sink
    measured: dict[str, list[float]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        return {
            "MODE": "demo", "INSTANCE_DIR": str(self.folder), "DATABASE_URL": self.side.url, "RATE_LIMITS": "off",
            "PYTHONPATH": str(self.side.build.folder), "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(self.sink.port),
            "MAIL_USE_TLS": "no", "MAIL_SENDER": "bench@example.org",
        }  # fmt: skip

    def start(self, hour: str = HOUR) -> Running:
        """The real server with its worker."""
        build, command = self.side.build, [AT_AN_HOUR, hour, "booking.serve"]
        return Running(command, self.folder, self.environment, "/nb/", build.python, build.folder)

    def run(self, *words: str) -> None:
        """One of the house's commands, to its end. Raises CalledProcessError."""
        build = self.side.build
        command = [build.python, AT_AN_HOUR, CAUGHT_UP, "flask", "--app", "app", *words]
        environment = os.environ | self.environment
        subprocess.run(command, cwd=build.folder, env=environment, check=True, stdout=subprocess.DEVNULL)

    def note(self, what: str, value: float) -> None:
        """One more round's figure."""
        self.measured.setdefault(what, []).append(value)


@contextmanager
def _contender(side: Side, folder: Path) -> Iterator[Contender]:
    """The demo centre loaded, with room for everybody."""
    folder.mkdir()
    sink = Sink()
    with _receiving(sink):
        contender = Contender(side, folder, sink)
        contender.start(LOADED).stop()
        engine = create_engine(side.url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE slot SET capacity = 1000000"))
        engine.dispose()
        contender.run("worker", "--once")  # what a new house has to catch up with is done once
        if side.past != (0, 0):
            _give_a_past(contender)
        yield contender


def _give_a_past(contender: Contender) -> None:
    # else SQLite's driver begins a transaction by itself
    engine = create_engine(contender.side.url, isolation_level="AUTOCOMMIT")
    make_crowd(engine, *contender.side.past)
    engine.dispose()
    contender.run("privacy", "purge")  # as each night of the past has done


@contextmanager
def _receiving(sink: Sink) -> Iterator[None]:
    """The sink open, and closed again."""
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def compare(sides: tuple[Side, Side], folder: Path, rounds: int, seconds: float) -> str:
    """Measure both in turn, the second against the first; the table."""
    with ExitStack() as stack:
        contenders = [stack.enter_context(_contender(side, folder / str(place))) for place, side in enumerate(sides)]
        for contender in contenders * rounds:
            with closing(_Stopped(contender)) as started:
                contender.note("first answer after start, s", started.server.first_answer)
        runs = [Run(contender, stack.enter_context(closing(_Stopped(contender))).server) for contender in contenders]
        for round_ in range(rounds):
            for run in runs if round_ % 2 == 0 else reversed(runs):
                run.round(seconds)
        for run in runs:
            run.contender.note("memory of all processes after load, MB", run.server.memory())
    for contender in contenders:
        _count_statements(contender)
    return table(*contenders)


class _Stopped:
    """A server that `close` ends."""

    def __init__(self, contender: Contender) -> None:
        self.server = contender.start()

    def close(self) -> None:
        self.server.stop()


class Run:
    """A contender with its server up and its visitor and desk made ready."""

    def __init__(self, contender: Contender, server: Running) -> None:
        self.contender, self.server = contender, server
        self.shopping: Shopping = shop(server.port)
        contender.sink.wait_for(1)
        link = re.search(
            r"/staff/enter/\S+", server.log.read_text()
        )  # until somebody has come, each start has a new one
        assert link
        self.scanner = Scanner(server.port, link[0])

    def round(self, seconds: float) -> None:
        """Everything once."""
        port, sink = self.server.port, self.contender.sink
        self.cost("month page, CPU ms", PAGES, lambda: repeat(port, self.shopping.month, PAGES))
        self.cost("chosen time, CPU ms", PAGES, lambda: repeat(port, self.shopping.chosen, PAGES))
        before, here = self.server.usage(), len(sink.letters)
        for _ in range(BOOKINGS):
            self.shopping.buy(port)
        sink.wait_for(here + BOOKINGS)
        spent = _between(before, self.server.usage())
        note = self.contender.note
        note("a whole booking, CPU ms, web and worker", (spent.web + spent.worker) / BOOKINGS * 1000)
        note("a booking's letter, CPU ms of the worker", spent.worker / BOOKINGS * 1000)
        codes = [code_in(letter) for letter in sink.letters[here:]]
        self.cost("check-in, CPU ms", BOOKINGS, lambda: self.scanner.check_in(codes))
        for people in (8, 32):
            speed = rush(lambda _: self.shopping.buy(port), [0], people, seconds)
            note(f"bookings a second on one time, {people} at once", speed)
            self.settle()

    def cost(self, what: str, times: int, work: Callable[[], object]) -> None:
        """CPU of the web processes for one of so many."""
        before = self.server.usage()
        work()
        self.contender.note(what, _between(before, self.server.usage()).web / times * 1000)

    def settle(self) -> None:
        """Until the worker has written what the rush promised."""
        letters = -1
        while letters != len(self.contender.sink.letters):
            letters = len(self.contender.sink.letters)
            time.sleep(1)


def _between(before: Usage, after: Usage) -> Usage:
    return Usage(after.web - before.web, after.worker - before.worker)


def _count_statements(contender: Contender) -> None:
    """Of one booking, by the database's own log, where it has one."""
    with StatementLog(contender.side.url) as log:
        if not log.is_kept:
            return
        with closing(_Stopped(contender)) as started:
            shopping = shop(started.server.port)
            log.begin()
            shopping.buy(started.server.port)
            contender.note("statements of a booking, web alone", log.count(started.server.web_ports()))


def table(theirs: Contender, ours: Contender) -> str:
    """Medians side by side, the ratio of the second to the first, and that of each pair."""
    lines = [("", theirs.side.name, ours.side.name, "ratio", "of each pair")]
    for what, first in theirs.measured.items():
        ratios = [second / value for value, second in zip(first, ours.measured[what], strict=True)]
        each = " ".join(f"{ratio:.2f}" for ratio in ratios)
        figures = f"{median(first):.2f}", f"{median(ours.measured[what]):.2f}", f"{median(ratios):.2f}"
        lines.append((what, *figures, each))
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
