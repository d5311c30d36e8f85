"""Whatever the database refuses and however: no name, address or secret of it stands in anything that is printed."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from booking import create_app
from booking.kernel.database import db
from tests.builders import a_hold
from tests.conftest import settings_for
from tests.outages.cluster import Cluster, cluster
from tests.outages.small_house import SmallHouse, small_house
from tests.outages.waiting import wait_until
from tests.support.house import ROOT, free_port

MOST = 20
WHO = {"name": "Qrst Wxyz", "email": "qrst@example.org", "phone": "55004321", "needs": "epilepsy", "terms": "y"}
MARKS = ("qrst", "wxyz", "55004321", "epilepsy")

# What the database does as soon as somebody's name is written; each with what its server says of a row by itself.
RAISES = "RAISE EXCEPTION 'of % <%>', NEW.name, NEW.email USING ERRCODE = '{}', DETAIL = NEW.email, HINT = NEW.secret;"
DOES = {
    "a unique index": "INSERT INTO twice VALUES (NEW.email), (NEW.email);",
    "a check": "INSERT INTO checked VALUES (NEW.email);",
    "no value": "INSERT INTO filled VALUES (NEW.email, NULL);",
    "a value of another type": "PERFORM NEW.email::integer;",
    "a value that is too long": "INSERT INTO short VALUES (NEW.email);",
    "a full disk": RAISES.format("53100"),
    "a deadlock": RAISES.format("40P01"),
    "a trigger of its own": RAISES.format("P0001"),
    "a lost connection": "PERFORM pg_terminate_backend(pg_backend_pid());",
    "a lock": "LOCK TABLE twice IN ACCESS EXCLUSIVE MODE;",
}
TABLES = """CREATE TABLE twice (email text UNIQUE); CREATE TABLE checked (email text CHECK (email = ''));
    CREATE TABLE filled (email text, more text NOT NULL); CREATE TABLE short (email varchar(3));"""


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with cluster() as running:
        for statement in TABLES.split(";")[:-1]:
            running.ask(statement)
        yield running


@pytest.fixture(scope="module")
def small(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    folder = tmp_path_factory.mktemp("house")
    with small_house(folder, server.address, DATABASE_LOCK_SECONDS="1") as running:
        yield running


def secret_of_a_hold(small: SmallHouse) -> str:
    """Places kept for a buyer, made past the running house."""
    app = create_app(settings_for(small.house.environment["DATABASE_URL"], small.house.folder))
    with app.app_context():
        held = a_hold(small.slot, small.ticket, 1)
        db.session.remove()
        db.engine.dispose()
    return held.secret


def personal(words: str, *secrets: str) -> list[str]:
    return [mark for mark in (*MARKS, *secrets) if mark.lower() in words.lower()]


def told(words: str, event: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in words.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == event]


@pytest.mark.parametrize("what", list(DOES))
def test_what_the_database_refuses_is_printed_without_what_was_written(
    server: Cluster, small: SmallHouse, what: str
) -> None:
    secret = secret_of_a_hold(small)
    page = f"{small.house.url}/nb/checkout/{secret}"
    session = requests.Session()
    form = session.get(page, timeout=MOST).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token, form
    before = len(small.house.said())
    body = f"BEGIN {DOES[what]} RETURN NEW; END"
    server.ask(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    server.ask("CREATE TRIGGER refuse BEFORE UPDATE OF name ON booking FOR EACH ROW EXECUTE FUNCTION refuse()")
    try:
        with psycopg.connect(server.address.replace("+psycopg", "")) as other:
            other.execute("LOCK TABLE twice IN ACCESS SHARE MODE")
            answer = session.post(page, data=WHO | {"csrf_token": token[1]}, timeout=MOST)
    finally:
        server.ask("DROP FUNCTION refuse CASCADE")
    printed = small.house.said()[before:]
    assert answer.status_code in (500, 503), answer.text
    assert len(told(printed, "error")) + len([line for line in told(printed, "database.away") if "id" in line]) == 1, (
        printed
    )
    assert personal(printed, secret) == []
    assert personal(answer.text) == []
    assert "Traceback" not in printed


def test_a_piece_of_the_worker_that_the_database_refuses_is_printed_without_values(
    server: Cluster, small: SmallHouse
) -> None:
    before = len(small.house.said())
    server.ask(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN PERFORM 'qrst@example.org'::integer; RETURN NEW; END$$"
    )
    server.ask("CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON heartbeat FOR EACH ROW EXECUTE FUNCTION refuse()")
    try:
        wait_until(lambda: bool(told(small.house.said()[before:], "worker.failed")), "the worker did not meet it")
    finally:
        server.ask("DROP FUNCTION refuse CASCADE")
    printed = small.house.said()[before:]
    assert personal(printed) == [] and "Traceback" not in printed


def test_a_command_that_the_database_refuses_is_answered_without_values(server: Cluster, small: SmallHouse) -> None:
    server.ask("ALTER TABLE account ADD CONSTRAINT refused CHECK (email NOT LIKE 'qrst%')")
    command = [sys.executable, "-m", "flask", "--app", "app", "staff", "add", WHO["email"], "--role", "desk"]
    done = subprocess.run(
        [*command, "--name", WHO["name"]],
        cwd=ROOT,
        env=small.house.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    server.ask("ALTER TABLE account DROP CONSTRAINT refused")
    assert done.returncode == 1
    assert "refused" in done.stderr
    assert personal(done.stdout + done.stderr) == []


@pytest.fixture
def gunicorn(small: SmallHouse, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """`gunicorn app:app` as an operator may start it by hand, with an access log."""
    port, out = free_port(), tmp_path / "out"
    program = str(Path(sys.executable).with_name("gunicorn"))
    command = [program, "app:app", "--bind", f"127.0.0.1:{port}", "--access-logfile", "-", "--log-level", "info"]
    environment = os.environ | small.house.environment | {"PORT": str(port)}
    with out.open("w") as terminal:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=terminal, stderr=terminal)
    try:
        wait_until(lambda: answers(port) or process.poll() is not None, "gunicorn did not start")
        assert process.poll() is None, out.read_text()
        yield f"http://127.0.0.1:{port}", out
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_server_by_itself_prints_no_address_of_a_request(
    small: SmallHouse, server: Cluster, gunicorn: tuple[str, Path]
) -> None:
    url, out = gunicorn
    secret = secret_of_a_hold(small)
    assert requests.get(f"{url}/nb/checkout/{secret}", timeout=MOST).status_code == 200
    server.ask("ALTER TABLE line RENAME TO away")
    try:
        assert requests.get(f"{url}/nb/checkout/{secret}", timeout=MOST).status_code == 500
    finally:
        server.ask("ALTER TABLE away RENAME TO line")
    port = int(url.rpartition(":")[2])
    for head in (f"GET /nb/b/{secret} HTTP/9.X", f"GET /nb/b/{secret} HTTP/1.1\r\n{secret} : x", f"{secret}"):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"{head}\r\n\r\n".encode())
            connection.recv(100)
    printed = out.read_text()
    assert "request" in printed
    assert personal(printed, secret) == []
    assert "Traceback" not in printed
