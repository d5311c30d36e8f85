"""Starts: several at once on one database, on a schema of yesterday, on one of tomorrow, with another key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from booking import create_app
from booking.kernel import schema
from booking.kernel.database import db, unit_of_work
from booking.machines import facts, fitness
from booking.machines.facts import SharedFact
from booking.programmes import shows
from tests.conftest import settings_for
from tests.support.machines import KEY, ROOT, Machine, machines

OLD = sorted(file.name[:4] for file in (ROOT / "migrations" / "versions").glob("0*.py"))[-3]  # two migrations behind
NEWER = "9001"
OTHER_KEY = "another-0123456789abcdefghijklmnopqrstuv"
# As `python -m booking.serve` begins, without the server that follows.
PREPARE = ("-c", "from booking import create_app; from booking.serve import prepare; prepare(create_app())")


@pytest.fixture
def app(url: str, tmp_path: Path) -> Iterator[Flask]:
    """A machine's app on a database with nothing in it."""
    app = create_app(settings_for(url, tmp_path / "mine", SECRET_KEY=KEY))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def run(app: Flask, *words: str) -> Result:
    """A command on this machine."""
    db.session.rollback()
    return app.test_cli_runner().invoke(args=list(words))


def said(done: Result) -> tuple[int, str]:
    """How it ended and its one line."""
    return done.exit_code, done.output.strip()


def python(url: str, folder: Path, *words: str, code: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Another process on a machine of this database, in its own folder."""
    own = {"INSTANCE_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": KEY, "PYTHONPATH": str(code)}
    return subprocess.run(
        [sys.executable, *words], cwd=code, env=os.environ | own, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip


def end_of(every: list[Machine]) -> list[int]:
    """Start all at once; the codes they end with."""
    for machine in every:
        machine.begin()
    return [machine.wait_until_ended() for machine in every]


def times(every: list[Machine], words: str) -> int:
    """How often these words were printed, on all machines together."""
    return sum(machine.printed().count(words) for machine in every)


def test_of_five_that_start_at_once_on_an_empty_database_none_fails(app: Flask, url: str, tmp_path: Path) -> None:
    with machines(5, url, tmp_path, DEMO_CENTRE="none") as every:
        for machine in every:
            machine.command = PREPARE
        assert end_of(every) == [0] * 5
        assert times(every, "Another start has the database in hand; waiting for it to end.") >= 1
    fitness.must_fit(app)


def test_of_five_that_start_at_once_on_an_old_schema_one_migrates_and_none_fails(
    app: Flask, url: str, tmp_path: Path
) -> None:
    assert python(url, tmp_path / "first", "-m", "flask", "--app", "app", "db", "upgrade", OLD).returncode == 0
    with machines(5, url, tmp_path, DEMO_CENTRE="none") as every:
        for machine in every:
            machine.command = PREPARE
        assert end_of(every) == [0] * 5
        assert times(every, f"The database was migrated from {OLD} to {schema.newest_of(app)}.") == 1
    fitness.must_fit(app)


def test_the_command_migrates_once_and_says_from_where_to_where(app: Flask) -> None:
    newest = schema.newest_of(app)
    assert said(run(app, "migrate")) == (0, f"Migrated from nothing to {newest}.")
    assert said(run(app, "migrate")) == (0, f"It stands at {newest} already.")


@pytest.mark.parametrize("at", ["", OLD])
def test_server_and_worker_refuse_an_old_schema_in_one_sentence(app: Flask, url: str, tmp_path: Path, at: str) -> None:
    if at:
        schema.know_migrations(app)
        assert run(app, "db", "upgrade", at).exit_code == 0
    sentence = (
        f"The database stands at migration {at}, and this version needs {schema.newest_of(app)}"
        if at
        else "The database has no tables yet"
    ) + ": flask --app app migrate"
    served = python(url, tmp_path / "other", "-c", "import app")
    assert (served.returncode, served.stderr) == (4, f"{sentence}\n")  # 4 ends gunicorn; others are tried for ever
    for words in (("worker",), ("worker", "--once")):
        assert said(run(app, *words)) == (1, f"Error: {sentence}")


def the_next_release(folder: Path, runs_from: str) -> Path:
    """A copy of all there is, with what is compiled of it (anew takes seconds), and one migration more."""
    for name in ("booking", "migrations"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("app.py", "templates", "static"):
        (folder / name).symlink_to(ROOT / name)
    newest = max((ROOT / "migrations" / "versions").glob("*.py")).name[:4]
    (folder / "migrations" / "versions" / f"{NEWER}_of_tomorrow.py").write_text(
        f'revision = "{NEWER}"\ndown_revision = "{newest}"\nbranch_labels = None\ndepends_on = None\n'
        f'runs_from = "{runs_from}"\n\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n'
    )
    return folder


def test_this_version_starts_and_works_on_a_newer_schema_that_lets_it(app: Flask, url: str, tmp_path: Path) -> None:
    run(app, "migrate")
    newer = the_next_release(tmp_path / "newer", runs_from=schema.newest_of(app))
    moved = python(url, tmp_path / "other", "-m", "flask", "--app", "app", "migrate", code=newer)
    assert (moved.returncode, moved.stdout) == (0, f"Migrated from {schema.newest_of(app)} to {NEWER}.\n")
    fitness.must_fit(app)
    assert said(run(app, "migrate")) == (0, f"It stands at {NEWER} already.")
    assert said(run(app, "worker", "--once")) == (0, "Did 0.")
    assert schema.current() == NEWER


def test_what_is_written_by_now_is_asked_for_after_a_migration_too(app: Flask, url: str, tmp_path: Path) -> None:
    run(app, "migrate")
    with unit_of_work():
        fitness.needs_from_now_on(shows.READ_FROM)
    newer = the_next_release(tmp_path / "newer", runs_from="0038")
    assert python(url, tmp_path / "other", "-m", "flask", "--app", "app", "migrate", code=newer).returncode == 0
    db.session.rollback()
    kept = facts.read(SharedFact.SCHEMA)[SharedFact.SCHEMA]
    assert (kept["version"], kept["runs_from"]) == (NEWER, shows.READ_FROM)


def test_this_version_refuses_a_newer_schema_that_wants_a_newer_program(app: Flask, url: str, tmp_path: Path) -> None:
    run(app, "migrate")
    newer = the_next_release(tmp_path / "newer", runs_from=NEWER)
    assert python(url, tmp_path / "other", "-m", "flask", "--app", "app", "migrate", code=newer).returncode == 0
    sentence = (
        f"The database stands at migration {NEWER}, made by a newer version that this one ({schema.newest_of(app)}) "
        "cannot work beside: install that version here too."
    )
    for words in (("migrate",), ("worker", "--once")):
        assert said(run(app, *words)) == (1, f"Error: {sentence}")


def test_what_a_migration_said_that_was_broken_off_is_not_taken_for_the_word_of_another(app: Flask) -> None:
    run(app, "migrate")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :newer"), {"newer": NEWER})
    with pytest.raises(fitness.Unfit):
        fitness.must_fit(app)


def test_another_key_on_a_second_machine_is_refused_until_it_is_accepted(
    app: Flask, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(app, "migrate")
    monkeypatch.setitem(app.config, "SECRET_KEY", OTHER_KEY)
    for words in (("migrate",), ("worker", "--once"), ("demo", "load")):
        code, printed = said(run(app, *words))
        assert (code, printed[:69]) == (1, "Error: SECRET_KEY is another than the one that this database is used ")
    assert said(run(app, "accept-key")) == (0, "From now on this SECRET_KEY is the one.")
    assert said(run(app, "accept-key")) == (0, "It is the one already.")
    assert run(app, "migrate").exit_code == 0
    refused = python(url, tmp_path / "other", "-c", "import app")
    assert (refused.returncode, refused.stderr.count("\n")) == (4, 1)
    assert refused.stderr.endswith("or, if it is to be another from now on: flask --app app accept-key\n")


def test_the_mark_of_a_key_does_not_hold_the_key(app: Flask) -> None:
    run(app, "migrate")
    with unit_of_work():
        kept = facts.read(SharedFact.KEY)[SharedFact.KEY]
    assert len(kept["mark"]) == 32
    assert kept["mark"] not in KEY and KEY not in str(kept)
