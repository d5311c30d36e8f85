"""Who waits for whom, and for how long: a locked row, threads that all stand still, a primary that has frozen."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import requests

from booking.kernel.server.patience import Process, become
from booking.kernel.server.turns import Jammed, Turns
from tests.outages.cluster import Cluster, cluster, standby_of
from tests.outages.small_house import SmallHouse, small_house
from tests.outages.waiting import wait_until
from tests.support.house import House
from tests.support.processes import children

MOST = 10  # seconds: nobody who only reads waits anywhere near as long
LONG = "60"


@pytest.fixture
def server() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


class Buyer:
    """Somebody with the page of tickets before them, in as many windows as they press in."""

    def __init__(self, small: SmallHouse) -> None:
        self.page = f"{small.house.url}/nb/tickets"
        form = requests.get(f"{small.house.url}/nb/my-booking", timeout=MOST)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.text)
        assert token, form.text
        self.cookies = form.cookies
        self.values = {"csrf_token": token[1], "party": "1", "slot": str(small.slot)}
        self.values[f"q-{small.slot}-{small.ticket}"] = "1"

    def hold(self) -> int:
        """The status of the answer to a press of the button."""
        sent = requests.post(self.page, data=self.values, cookies=self.cookies, timeout=120, allow_redirects=False)
        return sent.status_code


def lines(house: House, event: str) -> list[dict[str, object]]:
    told = [json.loads(line) for line in house.said().splitlines() if line.startswith("{")]
    return [line for line in told if line["event"] == event]


def is_selling(buyer: Buyer) -> bool:
    try:
        return buyer.hold() == 303
    except requests.RequestException:
        return False


def test_a_row_that_somebody_locks_keeps_nobody_from_reading(tmp_path: Path, server: Cluster) -> None:
    """Buyers of that time wait in all threads but one; those who come after them are told at once."""
    more = {"DATABASE_LOCK_SECONDS": LONG, "DATABASE_STATEMENT_SECONDS": LONG, "WEB_THREADS": "4"}
    with small_house(tmp_path, server.address, **more) as small, ThreadPoolExecutor(12) as pool:
        buyer = Buyer(small)
        with psycopg.connect(server.address.replace("+psycopg", "")) as other:
            other.execute("SELECT FROM slot FOR UPDATE")
            holding = [pool.submit(buyer.hold) for _ in range(12)]
            wait_until(lambda: sum(hold.done() for hold in holding) == 9, "those who come last are made to wait")
            for page in ("/nb/tickets", "/lv/", "/en/my-booking", "/api/v1/today", "/staff/sign-in") * 2:
                assert requests.get(small.house.url + page, timeout=MOST).status_code == 200
            assert sum(hold.done() for hold in holding) == 9  # the others wait still: for us
            other.rollback()
        assert sorted(hold.result() for hold in holding) == [303] * 3 + [503] * 9
        assert {line["why"] for line in lines(small.house, "database.away")} == {"locked"}


def test_threads_that_all_stand_still_are_replaced_with_their_process(tmp_path: Path, server: Cluster) -> None:
    more = {"DATABASE_STATEMENT_SECONDS": "0", "DATABASE_LOCK_SECONDS": "0", "STUCK_SECONDS": "5", "WEB_THREADS": "2"}
    with small_house(tmp_path, server.address, **more) as small, ThreadPoolExecutor(2) as pool:
        buyer = Buyer(small)
        with psycopg.connect(server.address.replace("+psycopg", "")) as other:
            other.execute("LOCK TABLE centre IN ACCESS EXCLUSIVE MODE")
            stuck = [pool.submit(buyer.hold) for _ in range(2)]
            wait_until(lambda: bool(lines(small.house, "process.stuck")), "nobody noticed")
        assert all(isinstance(waiting.exception(), requests.ConnectionError) for waiting in stuck)
        wait_until(lambda: is_selling(buyer), "no other process took its place")
        (line,) = lines(small.house, "process.stuck")
        assert line["threads"] == 2 and "facts.py" in str(line["frames"])


def test_a_process_that_stands_still_as_a_whole_is_replaced(tmp_path: Path, server: Cluster) -> None:
    with small_house(tmp_path, server.address, STUCK_SECONDS="5") as small:
        buyer = Buyer(small)
        assert small.house.process is not None
        web = max(children(small.house.process.pid))
        os.kill(web, signal.SIGSTOP)
        wait_until(lambda: web not in children(small.house.process.pid), "it was left standing")  # type: ignore[union-attr]
        wait_until(lambda: is_selling(buyer), "no other process took its place")


def test_when_the_primary_freezes_and_its_standby_is_promoted_the_house_sells_again(
    tmp_path: Path, server: Cluster
) -> None:
    with standby_of(server) as standby:
        hosts = f"host=127.0.0.1:{server.port}&host=127.0.0.1:{standby.port}"
        both = f"postgresql+psycopg://bestill@/bestill?{hosts}&target_session_attrs=read-write"
        with small_house(tmp_path, both, DATABASE_STATEMENT_SECONDS="3") as small:
            buyer = Buyer(small)
            assert buyer.hold() == 303
            sold = "SELECT count(*) FROM booking"
            wait_until(lambda: standby.ask(sold) == [(1,)], "the standby does not follow")
            server.freeze()
            standby.ask("SELECT pg_promote()")
            wait_until(lambda: is_selling(buyer), "it does not sell", patience=60)
            assert standby.ask(sold) == [(2,)]
            assert lines(small.house, "error") == []


def test_connections_of_a_web_process_end_what_takes_too_long_and_those_of_tools_do_not(
    tmp_path: Path, server: Cluster
) -> None:
    told = "SELECT application_name, query FROM pg_stat_activity WHERE application_name LIKE 'bestill %'"
    with small_house(tmp_path, server.address, DATABASE_STATEMENT_SECONDS="2") as small:
        buyer = Buyer(small)
        assert buyer.hold() == 303
        kinds = {str(name) for name, _query in server.ask(told)}
        assert kinds == {"bestill web", "bestill worker"}
        with psycopg.connect(server.address.replace("+psycopg", "")) as other:
            other.execute("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                          "$$BEGIN PERFORM pg_sleep(60); RETURN NEW; END$$")  # fmt: skip
            other.execute("CREATE TRIGGER slow BEFORE INSERT ON booking FOR EACH ROW EXECUTE FUNCTION slow()")
            other.commit()
        assert buyer.hold() == 503
        assert lines(small.house, "database.away")[-1]["why"] == "slow"


def test_turns_are_given_as_long_as_those_before_get_on() -> None:
    """Three may write. A fourth waits for one of them to end, and not for three who do not."""
    become(Process.WEB)
    try:
        turns = Turns(3)
        done: list[None] = []
        with ThreadPoolExecutor(8) as pool:
            for result in [pool.submit(_takes_a_turn, turns, done) for _ in range(200)]:
                result.result()
        assert len(done) == 200
        with turns.turn(), turns.turn(), turns.turn(), pytest.raises(Jammed), turns.turn():
            done.append(None)
        assert len(done) == 200
        with turns.turn():
            done.append(None)
    finally:
        become(Process.TOOL)


def _takes_a_turn(turns: Turns, done: list[None]) -> None:
    with turns.turn():
        done.append(None)
