"""`make bench`: measure what DESIGN.md section 7 promises, with the ceiling of this machine beside it.

It measures and prints; it judges nothing, since what else this machine does meanwhile is not in our hands.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from benchmarks import statement_log
from benchmarks.against import Side, compare
from benchmarks.builds import build, working_tree
from benchmarks.ceiling import Bare
from benchmarks.client import buy, repeat, rush, weigh
from benchmarks.door import Desk, Morning, a_morning
from benchmarks.release_day import TEACHERS, release_day
from benchmarks.server import Running
from booking import create_app
from booking.capacity.models import Slot
from booking.catalogue.queries import offers_of
from booking.centre.facts import the_centre
from booking.demo.load import load_if_empty
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.schema import upgrade_if_needed
from booking.settings import Settings
from booking.web.visitor.month import month_of
from tests.support import postgres
from tests.support.crowd import BOOKINGS, SLOTS, make_crowd

PEOPLE = (1, 8, 32)
PAGES, PURCHASES, BOARDS = 300, 60, 60
TICKETS, SCAN = "/<lang>/tickets", "/staff/desk/scan"


@dataclass
class Table:
    """Rows of text, printed with aligned columns."""

    title: str
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, measured: str, budget: str = "", ceiling: str = "") -> None:
        """One more row."""
        self.rows.append((what, measured, budget, ceiling))

    def print(self) -> None:
        """Everything, aligned."""
        rows = [("", "measured", "budget", "ceiling"), *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        print(f"\n{self.title}")
        for row in rows:
            print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU in milliseconds, requests as counted, memory in megabytes."""

    page: float
    booking: float
    worker: float
    requests: int
    memory: float
    first_answer: float


@dataclass(frozen=True, slots=True)
class Shop:
    """What is bought: the address of a full month, how many slots it shows, those to buy in, and a ticket type."""

    month: str
    shown: int
    slots: list[int]
    ticket_type: int
    morning: Morning

    def buy(self, port: int, slot: int) -> int:
        """One ticket; returns how many requests it took."""
        return buy(port, self.month, slot, self.ticket_type)


@dataclass
class House:
    """A scratch installation on one kind of database."""

    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What the server is told."""
        return {
            "MODE": "demo",
            "INSTANCE_DIR": str(self.folder),
            "DATABASE_URL": self.url,
            "RATE_LIMITS": "off",
        }

    def prepare(self) -> Shop:
        """Load the demo centre, with room for everybody."""
        app = create_app(Settings.from_environment(self.environment))
        with app.app_context():
            upgrade_if_needed(app)
            load_if_empty("vilvite")
            centre, now = the_centre(), clock.now()
            first = (centre.local(now).date().replace(day=1) + timedelta(days=32)).replace(day=1)
            month = month_of(first, 2, centre, now)
            free = [slot for slot in month.slots if slot.open and slot.free > 20]
            ticket_type = offers_of({free[0].activity_id})[free[0].activity_id][0].ticket_type_id
            # Enough room for everybody who will be let loose: this is about speed, not about being full.
            with unit_of_work():
                db.session.execute(update(Slot).where(Slot.starts_at > now).values(capacity=1_000_000))
            morning = a_morning()
            db.session.remove()
            db.engine.dispose()
        address = f"/nb/tickets?party=2&month={first:%Y-%m}"
        return Shop(address, len(month.slots), [slot.slot_id for slot in free], ticket_type, morning)

    def add_crowd(self, slots: int, bookings: int) -> None:
        """The past."""
        app = create_app(Settings.from_environment(self.environment))
        with app.app_context():
            make_crowd(db.engine, slots, bookings)
            db.engine.dispose()


def costs(house: House, shop: Shop, table: Table | None = None) -> Costs:
    """Start the server, measure pages and purchases one after the other, stop it; with a table, say more."""
    server = Running(["-m", "booking.serve"], house.folder, house.environment, "/nb/")
    try:
        repeat(server.port, shop.month, 50)
        before = server.usage()
        repeat(server.port, shop.month, PAGES)
        page = (server.usage().web - before.web) / PAGES * 1000
        statements = server.statements(TICKETS)  # of the month itself: a chosen time takes one more
        requests = [shop.buy(server.port, slot) for slot in shop.slots[:8]]
        before = server.usage()
        for n in range(PURCHASES):
            shop.buy(server.port, shop.slots[n % len(shop.slots)])
        after = server.usage()
        booking = (after.web - before.web) / PURCHASES * 1000
        worker = (after.worker - before.worker) / PURCHASES * 1000
        if table is not None:
            html, everything = weigh(server.port, shop.month)
            table.add("month page: SQL statements", str(statements), "3")
            table.add("month page: HTML, compressed", f"{html / 1000:.1f} kB", "12 kB")
            table.add("month page: all that it loads", f"{everything / 1000:.1f} kB", "60 kB")
        return Costs(page, booking, worker, max(requests), server.memory(), server.first_answer)
    finally:
        server.stop()


def door(house: House, shop: Shop, table: Table) -> None:
    """Check-ins one after the other, and the board that the desk has open all day."""
    server = Running(["-m", "booking.serve"], house.folder, house.environment, "/nb/")
    try:
        desk = Desk(server.port, shop.morning.link)
        warm, codes = shop.morning.codes[:20], shop.morning.codes[20:]
        for code in warm:
            desk.check_in(code)
        before = server.usage()
        for code in codes:
            desk.check_in(code)
        cost = (server.usage().web - before.web) / len(codes) * 1000
        table.add("check-in: CPU", f"{cost:.2f} ms", "5 ms")
        table.add("check-in: SQL statements", str(server.statements(SCAN)))
        for _ in range(10):
            desk.look()
        before = server.usage()
        for _ in range(BOARDS):
            desk.look()
        table.add("board of today: CPU", f"{(server.usage().web - before.web) / BOARDS * 1000:.2f} ms")
    finally:
        server.stop()


def opening(house: House, table: Table) -> None:
    """Release day: a term opens, and everybody presses at the same moment."""
    app = create_app(Settings.from_environment(house.environment))
    server = Running(["-m", "booking.serve"], house.folder, house.environment, "/nb/")
    try:
        with app.app_context():
            measured = release_day(server)
            db.session.remove()
            db.engine.dispose()
        table.add(f"release day, {TEACHERS} teachers: p95", f"{measured.p95:.2f} s", "1 s")
        table.add(f"release day, {TEACHERS} teachers: half", f"{measured.half:.2f} s")
        table.add(f"release day, {TEACHERS} teachers: all answered", f"{measured.answered:.1f} s")
    finally:
        server.stop()


def hurry(house: House, shop: Shop, seconds: float, table: Table) -> None:
    """Whole bookings and single pages by many at once, with the ceilings of this machine."""
    hello = Running(["-m", "benchmarks.ceiling"], house.folder, {}, "/")
    bare_server = {people: rush(lambda _: repeat(hello.port, "/", 20), [0], people, seconds) * 20 for people in PEOPLE}
    hello.stop()
    bare = Bare(house.url, len(shop.slots))
    bare_database = {people: rush(bare.book, range(len(shop.slots)), people, seconds) for people in PEOPLE}
    server = Running(["-m", "booking.serve"], house.folder, house.environment, "/nb/")
    try:
        for people in PEOPLE:
            speed = rush(lambda slot: shop.buy(server.port, slot), shop.slots, people, seconds)
            ceiling = f"{bare_database[people]:.0f}/s UPDATE+INSERT, {bare_server[people]:.0f} hellos/s"
            table.add(f"bookings, {people} at once", f"{speed:.1f}/s", "", ceiling)
        table.add("memory of all processes after that", f"{server.memory():.0f} MB", "200 MB")
    finally:
        server.stop()


def measure(house: House, kind: str, arguments: argparse.Namespace) -> None:
    """One kind of database, from the empty house to the table."""
    shop = house.prepare()
    without = costs(house, shop)
    house.add_crowd(arguments.slots, arguments.bookings)
    table = Table(
        f"{kind}, {arguments.slots:,} slots and {arguments.bookings:,} bookings in the past".replace(",", " ")
    )
    table.add("month page: slots on it", str(shop.shown), "240")
    full = costs(house, shop, table)
    table.add("month page: CPU", f"{full.page:.2f} ms", "5 ms")
    table.add("month page: without the past", f"{without.page:.2f} ms", "", f"{full.page / without.page - 1:+.0%}")
    table.add("a booking: requests, two of them the demo till's", str(full.requests), "6 + till")
    table.add("a booking: CPU", f"{full.booking:.1f} ms", "30 ms")
    table.add(
        "a booking: without the past", f"{without.booking:.1f} ms", "", f"{full.booking / without.booking - 1:+.0%}"
    )
    table.add("a booking: CPU of the worker meanwhile (mail, PDF)", f"{full.worker:.1f} ms")
    table.add("first answer after start", f"{full.first_answer:.2f} s", "2 s")
    table.add("memory of all processes, quiet", f"{full.memory:.0f} MB", "200 MB")
    door(house, shop, table)
    opening(house, table)
    hurry(house, shop, arguments.seconds, table)
    table.print()


def against(arguments: argparse.Namespace, kind: str, folder: Path) -> None:
    """One kind of database, and the ratios of this house to another revision of it."""
    there, here = build(arguments.against, folder), working_tree()
    with database(kind, folder, "theirs", "ours") as (theirs, ours):
        print_pairs((Side(there.name, there, theirs), Side(here.name, here, ours)), kind, folder, arguments)


def growth(arguments: argparse.Namespace, kind: str, folder: Path) -> None:
    """One kind of database, and the ratios of this house with a long past to the same with none."""
    here, past = working_tree(), (arguments.slots, arguments.bookings)
    behind = f"{arguments.bookings:,} bookings behind".replace(",", " ")
    with database(kind, folder, "new", "old") as (new, old):
        print_pairs((Side("no past", here, new), Side(behind, here, old, past)), kind, folder, arguments)


def print_pairs(sides: tuple[Side, Side], kind: str, folder: Path, arguments: argparse.Namespace) -> None:
    """Measure both in turn; what came of it."""
    print(f"\n{kind}, {arguments.rounds} rounds in turn", flush=True)
    print(compare(sides, folder, arguments.rounds, arguments.seconds), flush=True)


@contextmanager
def database(kind: str, folder: Path, *names: str) -> Iterator[list[str]]:
    """The addresses of empty databases that write to disk as they would in earnest."""
    if kind == "sqlite":
        yield [f"sqlite:///{folder}/{name}.db" for name in names]
        return
    # the tests' server does not wait for the disk; this one must
    postgres.FAST = ("-c", "max_connections=100", *statement_log.OPTIONS)
    server = postgres.start_postgres()
    try:
        yield [server.create_database(name) for name in names]
    finally:
        server.stop()


def main() -> None:
    """Measure on each kind of database asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--slots", type=int, default=SLOTS)
    parser.add_argument("--bookings", type=int, default=BOOKINGS)
    parser.add_argument("--seconds", type=float, default=5, help="how long each rush lasts")
    parser.add_argument("--against", metavar="REVISION", help="measure this house beside that revision, in turn")
    parser.add_argument("--growth", action="store_true", help="measure this house with the past beside it without")
    parser.add_argument("--money", action="store_true", help="measure invoices, the bank and the books instead")
    parser.add_argument("--rounds", type=int, default=5, help="how many pairs, with --against and --growth")
    arguments = parser.parse_args()
    kinds = ["sqlite", "postgresql"] if arguments.database == "both" else [arguments.database]
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="bestill-bench-") as name:
            folder = Path(name)
            if arguments.against:
                against(arguments, kind, folder)
                continue
            if arguments.growth:
                growth(arguments, kind, folder)
                continue
            with database(kind, folder, "bench", "few") as (url, few):
                house = House(folder, url)
                if arguments.money:
                    from benchmarks.money import measure_money  # it brings the tests' own day to all that starts later

                    rows = measure_money(house.environment, House(folder / "few", few).environment)
                    Table(f"{kind}: invoices, the bank, the books", rows).print()
                else:
                    measure(house, kind, arguments)


if __name__ == "__main__":
    main()
