"""The release before the newest migration serves the database after it: machines are brought up one after the other.

It is taken out of the history, so that nobody needs to keep it: a clone without history skips this.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from benchmarks.by_pages import Scanner, shop
from benchmarks.client import Browser, get, token_in
from booking import create_app
from booking.bookings.models import Booking, State, Ticket
from booking.catalogue.models import Activity, Kind
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.machines import fitness
from booking.machines.facts import SharedFact, read
from booking.running.check import breaches
from booking.staff.models import Role
from booking.staff.sessions import add_account, new_link
from booking.visits.models import Visit
from tests.builders import a_slot, a_ticket_type
from tests.conftest import settings_for
from tests.support.machines import KEY, ROOT, Machine, machines
from tests.support.postgres import PostgresServer
from tests.visits.booked import Centre, a_school_centre
from tests.web.test_teachers import WHO, hidden, wish

VERSIONS = "migrations/versions"
LOOKS_BACK = 40  # commits that touched them


def git(*words: str) -> bytes:
    """What git says of this repository; skips where there is none, or it knows nothing of it."""
    if shutil.which("git") is None:
        pytest.skip("there is no git to take the former release from")
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False, timeout=60)
    if done.returncode:
        pytest.skip("there is no history here to take the former release from")
    return done.stdout


def migrations_at(commit: str) -> list[str]:
    """The files of migrations that a commit has, in order."""
    names = git("ls-tree", "--name-only", commit, f"{VERSIONS}/").decode().split()
    return sorted(Path(name).name for name in names if Path(name).name.startswith("0"))


def is_former(there: list[str], ours: list[str]) -> bool:
    """Whether somebody may have run a program with these: ours up to some number, and none left out.

    Branches number theirs anew when they come together, and until then one may have a later number alone.
    """
    return 0 < len(there) < len(ours) and there == ours[: len(there)]


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """The program as it was when the newest migration was not there yet."""
    if git("rev-parse", "--is-shallow-repository").strip() == b"true":
        pytest.skip("this clone is shallow: it has no former release")
    ours = sorted(file.name for file in (ROOT / VERSIONS).glob("0*.py"))
    commits = git("log", f"-{LOOKS_BACK}", "--format=%H", "--", VERSIONS).decode().split()
    commit = next((commit for commit in commits if is_former(migrations_at(commit), ours)), None)
    if commit is None:
        pytest.skip("this history has no former release")
    folder = tmp_path / "former"
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
        archive.extractall(folder, filter="data")
    for catalogue in (ROOT / "booking" / "translations").rglob("*.mo"):  # no server starts without
        shutil.copy(catalogue, folder / catalogue.relative_to(ROOT))
    return folder


@pytest.fixture
def house(postgres: PostgresServer, former: Path, tmp_path: Path) -> Iterator[tuple[Machine, Centre, str]]:
    """A machine with that program, on a database that this one has brought up; and a link for somebody at its desk."""
    url = postgres.create_database(f"former_{os.getpid()}")
    app = create_app(settings_for(url, tmp_path / "mine", SECRET_KEY=KEY))
    with app.app_context():
        fitness.bring_up(app)
        needed = read(SharedFact.SCHEMA)[SharedFact.SCHEMA]["runs_from"]
        if not list((former / VERSIONS).glob(f"{needed}_*.py")):
            pytest.skip("the newest migration says that no earlier program works beside it")
        centre = a_school_centre()
        entry = db.session.scalars(select(Activity.id).where(Activity.kind == Kind.ADMISSION)).one()
        a_slot(entry, 20, clock.now() + timedelta(minutes=20))
        a_ticket_type(entry)
        with unit_of_work():
            link = new_link(add_account("desk@example.org", "Berit", Role.DESK, clock.now()), clock.now())
        with machines(1, url, tmp_path, DEMO_CENTRE="none") as (machine,):
            machine.code = former
            machine.command = ("-m", "gunicorn", "-b", f"127.0.0.1:{machine.port}", "--threads", "2", "app:app")
            machine.begin()
            machine.wait_until_ready()
            yield machine, centre, f"/staff/enter/{link}"
        db.session.remove()
        db.engine.dispose()


def book_a_class(port: int, centre: Centre) -> str:
    """As a teacher does, from the plan to the visit's own page; where that is."""
    browser = Browser(port)
    page = get(browser, wish(centre, classes=1))
    fields = {"plan": hidden(page, "plan"), "school_q": "solbakken", "step": "find", "csrf_token": token_in(page)}
    _status, body, _ = browser.open("POST", "/en/school/visit", fields)
    page = body.decode()
    fields = {name: hidden(page, name) for name in ("plan", "seen", "school")} | {"csrf_token": token_in(page)}
    status, _body, visit = browser.open("POST", "/en/school/visit", fields | WHO | {"step": "book"})
    assert status == 303
    assert "Your visit is confirmed." in get(browser, visit)
    return visit


def test_the_former_release_sells_lets_in_and_books_a_class_on_the_new_schema(
    house: tuple[Machine, Centre, str],
) -> None:
    machine, centre, link = house
    shop(machine.port)
    code = db.session.scalar(select(Ticket.code))
    assert code is not None
    Scanner(machine.port, link).check_in([code])
    book_a_class(machine.port, centre)
    db.session.rollback()
    assert list(db.session.scalars(select(Booking.state))) == [State.CONFIRMED] * 2
    assert list(db.session.scalars(select(Ticket.admitted).where(Ticket.code == code))) == [1]
    assert len(list(db.session.scalars(select(Visit.id)))) == 1
    assert breaches() == []
