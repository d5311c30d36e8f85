"""What the database is asked while something is done, and which of it reads a whole big table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.adapt import PyFormat, Transformer
from sqlalchemy import event
from sqlalchemy.engine import Connection

from booking.kernel import used_again
from booking.kernel.database import Model, db

CUSTOM_PLANS = 5  # that PostgreSQL makes of a prepared statement before it thinks of one for all
MOST_ROWS = 30_000  # of a hundred thousand bookings' that one look may go through, once it is looked often
NAMED = re.compile(r"%\((\w+)\)s")

BIG = frozenset(
    {
        "slot", "draw", "booking", "claim", "line", "ticket", "payment", "refund", "outbox", "audit_entry", "check_in",
        "check_in_line", "booking_word", "closure_slot", "closure_hit", "voucher", "journal_entry", "journal_source",
        "payment_receipt", "receipt_vat_share",
    }
)  # fmt: skip
# Indexes over a part of a table that stays small: reading all of one is reading what is due.
SMALL = frozenset(
    str(index.name)
    for table in Model.metadata.sorted_tables
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
)


# What SQLite's machine may do to read for one statement, in thousands of its instructions. What goes through the past,
# a hundred thousand bookings at least, takes eight for each; the month of a page takes some ten thousand.
MOST_STEPS = 500


@dataclass
class Heard:
    """The statements that the engine ran, each once, with the first values it ran with.

    On SQLite each with the thousands of instructions that it took at most, too: an index that does not choose is no
    whole table in a plan, and reads one all the same.
    """

    statements: dict[str, Any] = field(default_factory=dict)
    never_prepared: set[str] = field(default_factory=set)  # those have a plan of their own each time
    steps: dict[str, int] = field(default_factory=dict)
    now: str = ""
    taken: int = 0

    def hear(self, c: Connection, _cur: object, statement: str, values: Any, _ctx: object, many: bool) -> None:  # noqa: ANN401
        self.taken = 0
        verb = statement.split(None, 1)[0]
        if verb in ("SELECT", "UPDATE", "DELETE", "WITH", "INSERT"):
            self.statements.setdefault(statement, values[0] if many and isinstance(values, list) else values)
            if getattr(c.connection.driver_connection, "prepare_threshold", 0) is None:
                self.never_prepared.add(statement)
            else:
                self.never_prepared.discard(statement)
        self.now = statement if verb in ("SELECT", "WITH") else ""  # what is written is as much as there is to do
        if c.engine.dialect.name == "sqlite":
            cast("Any", c.connection.driver_connection).set_progress_handler(self.step, 1000)

    def step(self) -> int:
        """Called by SQLite after each thousand instructions, of reading the rows too."""
        self.taken += 1
        if self.now:
            self.steps[self.now] = max(self.taken, self.steps.get(self.now, 0))
        return 0


@contextmanager
def listening() -> Iterator[Heard]:
    """Hear every statement inside the block; what was kept of former ones is asked anew."""
    used_again.forget()
    heard = Heard()
    event.listen(db.engine, "before_cursor_execute", heard.hear)
    try:
        yield heard
    finally:
        event.remove(db.engine, "before_cursor_execute", heard.hear)
        heard.now = ""


def refuse_whole_tables(
    heard: Heard, big: frozenset[str] = BIG, most_steps: int = MOST_STEPS, *, is_asked_often: bool = False
) -> None:
    """Fail with each statement whose plan reads all of a big table, or that goes through as much as that.

    `is_asked_often`: on PostgreSQL also with each that does so once it has been asked often.
    """
    db.session.rollback()
    reads = [_scans_of_sqlite if db.engine.dialect.name == "sqlite" else _scans_of_postgresql]
    if is_asked_often and db.engine.dialect.name == "postgresql":
        reads.append(_scans_asked_often)
    scans = []
    with db.engine.connect() as connection:
        for statement, values in heard.statements.items():
            for read in reads:
                if read is _scans_asked_often and statement in heard.never_prepared:
                    continue
                scans += [f"{scan[:100]}\n{statement[:600]}" for scan in read(connection, statement, values, big)]
    scans += [f"{steps},000 steps\n{statement[:600]}" for statement, steps in heard.steps.items() if steps > most_steps]
    assert not scans, "\n\n".join(scans)


def refuse_long_looks(heard: Heard, most_rows: int, most_steps: int) -> None:
    """Fail with each statement that goes through more rows (PostgreSQL) or steps (SQLite, in thousands) than that."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        long = [f"{steps},000 steps\n{query[:900]}" for query, steps in heard.steps.items() if steps > most_steps]
    else:
        read = [statement for statement in heard.statements if statement.startswith(("SELECT", "WITH"))]
        with db.engine.connect() as connection:
            rows = [(query, _rows_of_postgresql(connection, query, heard.statements[query])) for query in read]
            rows += [(query, _rows_asked_often(connection, query, heard.statements[query])) for query in read]
        long = [f"{many} rows\n{query[:900]}" for query, many in rows if many > most_rows]
    assert not long, "\n\n".join(long)


def _rows_of_postgresql(connection: Connection, statement: str, values: Any) -> int:  # noqa: ANN401
    """How many rows it went through, those that did not fit among them."""
    explain = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
    connection.exec_driver_sql("SET LOCAL random_page_cost = 1.1")  # as on any disk without moving parts
    ((plan,),) = connection.exec_driver_sql(f"{explain} {statement}", values).all()
    return _rows_passed(plan)


def _rows_asked_often(connection: Connection, statement: str, values: Any) -> int:  # noqa: ANN401
    """The same once it has been asked often: PostgreSQL then may keep one plan for all values alike.

    That knows nothing of how few rows just these values have.
    """
    with _prepared(connection, statement, values) as explain:
        connection.exec_driver_sql("SET LOCAL random_page_cost = 4")  # as servers have it that nobody has told
        for _ in range(CUSTOM_PLANS):
            explain("FORMAT JSON")
        return _rows_passed(explain("ANALYZE, TIMING OFF, FORMAT JSON"))


_asked_well = set[tuple[str, frozenset[str]]]()  # the same statement runs on many pages, and has one plan for all


def _scans_asked_often(connection: Connection, statement: str, values: Any, big: frozenset[str]) -> list[str]:  # noqa: ANN401
    """What it reads whole by the plan for all values alike, or goes through, if PostgreSQL would keep that plan."""
    if (statement, big) in _asked_well:
        return []
    reads = statement.startswith(("SELECT", "WITH")) and not re.search(r"\b(INSERT|UPDATE|DELETE)\b", statement)
    how = "ANALYZE, TIMING OFF, FORMAT JSON" if reads else "FORMAT JSON"
    with _prepared(connection, statement, values) as explain:
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        scans = _scans_in(explain("FORMAT JSON"), big)
        if scans or (reads and _rows_passed(explain(how)) > MOST_ROWS):  # would it keep that one?
            connection.exec_driver_sql("SET LOCAL plan_cache_mode = auto")
            for _ in range(CUSTOM_PLANS):
                explain("FORMAT JSON")
            kept = explain(how)
            rows = _rows_passed(kept) if reads else 0
            scans = _scans_in(kept, big) + ([f"{rows} rows"] if rows > MOST_ROWS else [])
    if not scans:
        _asked_well.add((statement, big))
    return [f"asked often: {scan}" for scan in scans]


@contextmanager
def _prepared(connection: Connection, statement: str, values: Any) -> Iterator[Callable[[str], Any]]:  # noqa: ANN401
    """The statement as the driver prepares it after some times: what explains its plan."""
    names = list(dict.fromkeys(NAMED.findall(statement)))
    numbered = NAMED.sub(lambda name: f"${names.index(name[1]) + 1}", statement).replace("%%", "%")
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, psycopg.Connection)
    given = sql.SQL(", ").join(sql.Literal(values[name]) for name in names)
    question = sql.SQL("EXECUTE asked_often({})").format(given) if names else sql.SQL("EXECUTE asked_often")
    with driver.cursor() as cursor:

        def explain(how: str) -> Any:  # noqa: ANN401
            cursor.execute(sql.SQL(f"EXPLAIN ({how}) ") + question)  # type: ignore[arg-type]  # ours
            row = cursor.fetchone()
            assert row is not None
            return row[0]

        kinds = f"({', '.join(_kind(driver, values[name]) for name in names)})" if names else ""
        cursor.execute(f"PREPARE asked_often{kinds} AS {numbered}".encode())
        yield explain
        cursor.execute("DEALLOCATE asked_often")


def _kind(driver: psycopg.Connection[Any], value: Any) -> str:  # noqa: ANN401
    """The type that the driver gives a value; PostgreSQL finds out that of a text."""
    if value is None:
        return "unknown"
    oid = Transformer(driver).get_dumper(value, PyFormat.AUTO).oid
    known = driver.adapters.types.get(oid)
    return "unknown" if known is None else f"{known.regtype}{'[]' if oid == known.array_oid else ''}"


def _rows_passed(plan: Any) -> int:  # noqa: ANN401
    steps, rows = [(plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]], 0
    while steps:
        step = steps.pop()
        steps += step.get("Plans", [])
        if "Relation Name" in step:
            passed = sum(step.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter"))
            rows += int(passed * step["Actual Loops"])
    return rows


def _scans_of_sqlite(connection: Connection, statement: str, values: Any, big: frozenset[str]) -> list[str]:  # noqa: ANN401
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    scans = []
    for row in plan:
        step = re.match(r"SCAN (\w+)(?:.* INDEX (\w+))?", row.detail)
        if step and re.sub(r"_\d+$", "", _aliased(step[1], statement)) in big and step[2] not in SMALL:
            scans.append(row.detail)
    return scans


def _aliased(name: str, statement: str) -> str:
    """The table behind a name of the statement."""
    alias = re.search(rf"(\w+) AS {name}\b", statement)
    return alias[1] if alias else name


def _scans_of_postgresql(connection: Connection, statement: str, values: Any, big: frozenset[str]) -> list[str]:  # noqa: ANN401
    ((plan,),) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).all()
    return _scans_in(plan, big)


def _scans_in(plan: Any, big: frozenset[str]) -> list[str]:  # noqa: ANN401
    steps = [(plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]]
    scans = []
    while steps:
        step = steps.pop()
        steps += [part | {"ends_early": _ends_early(step, part)} for part in step.get("Plans", [])]
        whole_index = step["Node Type"] in ("Index Scan", "Index Only Scan") and "Index Cond" not in step
        whole_index = whole_index and not step.get("ends_early")
        reads_all = step["Node Type"] == "Seq Scan" or (whole_index and step["Index Name"] not in SMALL)
        if reads_all and step["Relation Name"] in big:
            scans.append(f"{step['Node Type']} {step['Relation Name']} {step.get('Filter', '')}")
    return scans


def _ends_early(step: dict[str, Any], part: dict[str, Any]) -> bool:
    """Whether PostgreSQL knows that the other side of a merge ends long before this one, and reads no further."""
    return bool(step["Node Type"] == "Merge Join" and step["Total Cost"] * 10 < part["Total Cost"])
