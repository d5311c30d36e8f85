"""Machines share a database and no folder: what one of them has made is fetched from another."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import requests
from sqlalchemy import insert

from booking import create_app
from booking.kernel import clock
from booking.kernel.database import db, run, unit_of_work
from booking.machines import fitness
from booking.records.models import AuditEntry
from tests.builders import a_centre
from tests.conftest import settings_for
from tests.support.machines import KEY, ROOT, Machine, machines

ROWS = 30_000
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def a_long_log(machine: Machine) -> None:
    """A centre whose log has very many lines, brought up on this machine."""
    app = create_app(settings_for(machine.environment["DATABASE_URL"], machine.folder, SECRET_KEY=KEY))
    with app.app_context():
        fitness.bring_up(app)
        a_centre()
        entry = {"at": clock.now(), "actor": "worker", "action": "booking.cancel", "subject": "booking:1"}
        with unit_of_work():
            run(insert(AuditEntry), [entry | {"before": None, "after": {"number": number}} for number in range(ROWS)])
        db.session.remove()
        db.engine.dispose()


def flask(machine: Machine, *words: str) -> str:
    """A command on this machine; what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words], cwd=ROOT, check=True, capture_output=True, text=True,
        env=os.environ | {"INSTANCE_DIR": str(machine.folder)} | machine.environment, timeout=300,
    )  # fmt: skip
    return done.stdout


def send(browser: requests.Session, page: str, to: str, **form: str) -> requests.Response:
    """Send a form of a page."""
    token = CSRF.search(browser.get(page, timeout=60).text)
    assert token
    return browser.post(to, data={"csrf_token": token[1], **form}, timeout=60, allow_redirects=False)


def test_a_long_list_pressed_on_one_machine_and_written_by_another_is_fetched_from_a_third(
    url: str, tmp_path: Path
) -> None:
    with machines(3, url, tmp_path) as (first, second, third):
        a_long_log(first)
        for machine in (first, third):
            machine.command = ("-m", "gunicorn", "-b", f"127.0.0.1:{machine.port}", "--threads", "2", "app:app")
            machine.begin()
        link = flask(first, "staff", "add", "kari@example.org", "--role", "admin").strip()
        first.wait_until_ready()
        third.wait_until_ready()
        begun, fetched = f"http://127.0.0.1:{first.port}", f"http://127.0.0.1:{third.port}"
        with requests.Session() as browser:
            enter = begun + link[link.index("/staff/enter") :]
            assert send(browser, enter, enter).status_code == 303
            pressed = send(browser, f"{begun}/staff/log", f"{begun}/staff/log/export", format="csv")
            assert pressed.status_code == 303
            address = f"{fetched}{pressed.headers['Location']}/file"
            assert browser.get(address, timeout=60).status_code == 404
            flask(second, "worker", "--once")
            file = browser.get(address, timeout=120)
        assert file.status_code == 200
        assert len(file.content.decode("utf-8-sig").splitlines()) >= ROWS + 1
        assert not [path for machine in (first, second, third) for path in machine.folder.rglob("*.csv")]
