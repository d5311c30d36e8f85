"""The database goes away under a real server: what each kind of page answers, and that it comes back by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import requests

from tests.outages.cluster import Cluster, cluster
from tests.outages.small_house import small_house
from tests.outages.waiting import wait_until
from tests.support.house import House

MOST = 10  # seconds that anybody may wait for an answer, whatever is the matter
SECRET = "4BKC9RC7M7AWJB3W3C1D4JSVCV"
MARKED = "Qrst Wxyz"


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture(scope="module")
def house(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    more = {"database_url": server.address, "DATABASE_STATEMENT_SECONDS": "2", "DATABASE_LOCK_SECONDS": "1"}
    with small_house(tmp_path_factory.mktemp("house"), **more) as running:
        yield running.house


@contextmanager
def stopped(server: Cluster) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


@contextmanager
def frozen(server: Cluster) -> Iterator[None]:
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


@contextmanager
def out_of_connections(server: Cluster) -> Iterator[None]:
    """Somebody else has them all, those that the house had among them."""
    with ExitStack() as taken:
        while True:
            try:
                connection = psycopg.connect(server.address.replace("+psycopg", ""), autocommit=True)
            except psycopg.OperationalError:
                if _cut_off_the_house(connection):
                    continue
                break
            taken.enter_context(connection)
        yield


def _cut_off_the_house(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """How many connections it had."""
    cut = connection.execute(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'bestill%'"
    ).fetchone()
    assert cut is not None
    return int(str(cut[0]))


@contextmanager
def locked(server: Cluster) -> Iterator[None]:
    """As by a migration that somebody has left half-way."""
    with psycopg.connect(server.address.replace("+psycopg", "")) as connection:
        connection.execute("LOCK TABLE centre IN ACCESS EXCLUSIVE MODE")
        try:
            yield
        finally:
            connection.rollback()


WAYS = {
    "stopped": (stopped, {"gone"}),
    "frozen": (frozen, {"silent"}),
    "out of connections": (out_of_connections, {"gone", "crowded"}),  # at first the one that it had is gone
    "locked": (locked, {"locked"}),
}

PASSING = ("out of connections", "locked")  # by itself, in a moment


def ask(house: House, path: str, method: str = "GET", **headers: str) -> requests.Response:
    data = {"name": MARKED} if method == "POST" else None
    return requests.request(method, house.url + path, headers=headers, data=data, timeout=MOST, allow_redirects=False)


def lines(house: House, event: str) -> list[dict[str, object]]:
    told = [json.loads(line) for line in house.said().splitlines() if line.startswith("{")]
    return [line for line in told if line["event"] == event]


@pytest.mark.parametrize("way", list(WAYS))
def test_while_the_database_is_away_every_page_says_so_and_afterwards_it_sells_again(
    house: House, server: Cluster, way: str
) -> None:
    breaking, causes = WAYS[way]
    before, printed = len(lines(house, "database.away")), len(house.said())
    with breaking(server):
        pages = {
            "lv": ask(house, "/lv/tickets"),
            "nb": ask(house, "/nb/no-such-page"),
            "nn": ask(house, "/no/such/page", **{"Accept-Language": "nn, en;q=0.5"}),
            "en": ask(house, f"/en/booking/{SECRET}", "POST"),
        }
        api = ask(house, "/api/v1/today")
    for lang, page in pages.items():
        assert page.status_code == 503, (lang, page.text)
        assert page.headers["Retry-After"] in ("15", "30")
        assert f'<html lang="{lang}">' in page.text
        assert page.headers["X-Request-Id"] in page.text
        assert "Prøvesenteret" in page.text  # whom to ask, as this process last saw it
    assert (api.status_code, api.headers["Retry-After"]) == (503, "15" if way in PASSING else "30")
    assert api.json() == {"error": "Service Unavailable", "request_id": api.headers["X-Request-Id"]}
    told = [line for line in lines(house, "database.away")[before:] if "id" in line]
    assert len(told) == len(pages) + 1
    assert {str(line["why"]) for line in told} == causes
    assert "Traceback" not in house.said()[printed:] and MARKED not in house.said() and SECRET not in house.said()
    wait_until(lambda: ask(house, "/nb/tickets").status_code == 200, "it did not come back")


def test_a_form_is_told_to_look_before_it_is_sent_again_and_a_page_to_try_again(house: House, server: Cluster) -> None:
    with stopped(server):
        sent = ask(house, "/nb/tickets", "POST").text
        looked = ask(house, "/nb/tickets?month=2026-11").text
    assert "Gå tilbake i nettleseren" in sent and "Prøv igjen</a>" not in sent
    assert 'href="/nb/tickets?month=2026-11"' in looked and "Gå tilbake i nettleseren" not in looked
    wait_until(lambda: ask(house, "/nb/tickets").status_code == 200, "it did not come back")


def test_a_disk_that_is_full_is_no_fault_of_the_page(house: House, server: Cluster) -> None:
    """The server says so in the words that it has for it; who only reads notices nothing."""
    server.ask(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$"
    )
    server.ask("CREATE TRIGGER full_disk BEFORE INSERT ON sign_in_count EXECUTE FUNCTION full_disk()")
    session = requests.Session()
    form = session.get(f"{house.url}/staff/sign-in", headers={"Accept-Language": "nb"}, timeout=MOST).text
    token = form.partition('name="csrf_token" value="')[2].partition('"')[0]
    data = {"csrf_token": token, "email": "qrst@example.org", "password": "wrong"}
    answer = session.post(f"{house.url}/staff/sign-in", data=data, headers={"Accept-Language": "nb"}, timeout=MOST)
    server.ask("DROP FUNCTION full_disk CASCADE")
    assert answer.status_code == 503, answer.text
    assert [line["why"] for line in lines(house, "database.away") if "id" in line][-1] == "full"
    assert ask(house, "/nb/tickets").status_code == 200


def test_the_worker_says_once_that_the_database_is_away_and_once_that_it_is_back(house: House, server: Cluster) -> None:
    def of_worker(event: str) -> int:
        return sum("worker" in line for line in lines(house, event))

    wait_until(lambda: of_worker("database.away") == of_worker("database.back"), "the worker did not come back")
    away, back = of_worker("database.away"), of_worker("database.back")
    with stopped(server):
        wait_until(lambda: of_worker("database.away") == away + 1, "the worker said nothing")
    wait_until(lambda: of_worker("database.back") == back + 1, "the worker did not come back")
    assert of_worker("database.away") == away + 1


def test_an_sqlite_file_that_is_moved_away_locked_or_no_database_any_more(tmp_path: Path) -> None:
    import sqlite3

    with small_house(tmp_path, DATABASE_LOCK_SECONDS="1") as small:
        house = small.house
        file, elsewhere = tmp_path / "bestill.db", tmp_path / "elsewhere.db"
        file.rename(elsewhere)
        assert ask(house, "/lv/tickets").status_code == 503
        assert not file.exists()
        file.write_text("no database at all")
        assert ask(house, "/lv/tickets").status_code == 503
        file.unlink()
        elsewhere.rename(file)
        assert ask(house, "/lv/tickets").status_code == 200
        token = ask(house, "/nb/my-booking")
        data = {"csrf_token": token.text.partition('name="csrf_token" value="')[2].partition('"')[0]}
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        sent = requests.post(
            f"{house.url}/staff/sign-in", data=data | {"email": "q@example.org", "password": "x"},
            cookies=token.cookies, timeout=MOST,
        )  # fmt: skip
        assert sent.status_code == 503, sent.text
        assert ask(house, "/lv/tickets").status_code == 200  # who only reads waits for nobody
        other.execute("ROLLBACK")
        causes = [line["why"] for line in lines(house, "database.away") if "id" in line]
        assert causes == ["gone", "broken", "locked"]
