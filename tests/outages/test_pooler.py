"""PgBouncer between the house and its database, in transaction mode: each transaction is on whatever is free."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests
from sqlalchemy import create_engine, text

from booking.kernel.server import connecting
from booking.kernel.server.patience import Process, Waits, become
from tests.outages.cluster import Cluster, cluster, owner
from tests.outages.small_house import small_house
from tests.outages.test_waits import Buyer, lines
from tests.outages.waiting import wait_until
from tests.support.house import free_port
from tests.support.processes import installed

PROGRAM = installed("pgbouncer")
# Fewer connections than threads, so that nobody has one of their own.
CONFIGURATION = """
[databases]
bestill = host=127.0.0.1 port={server} dbname=bestill user=bestill
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 100
"""


@contextmanager
def pooler(server: Cluster) -> Iterator[str]:
    """The address by which the application reaches the server through it."""
    port = free_port()
    file = server.folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(server=server.port, port=port))
    file.chmod(0o644)
    address = f"postgresql+psycopg://bestill@127.0.0.1:{port}/bestill"
    with (server.folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen([PROGRAM or "", str(file)], stdout=log, stderr=log, cwd="/", **owner())
    try:
        wait_until(lambda: _answers(address), "PgBouncer does not answer")
        yield address
    finally:
        process.kill()
        process.wait()


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address.replace("+psycopg", "")).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed: apt-get install pgbouncer")
def test_a_house_sells_through_a_pooler(tmp_path: Path) -> None:
    with cluster() as server, pooler(server) as address:
        more = {"DATABASE_POOLED": "1", "WEB_THREADS": "6"}
        with small_house(tmp_path, address, **more) as small, ThreadPoolExecutor(6) as pool:
            buyers = [Buyer(small) for _ in range(6)]
            # More often than psycopg waits before it prepares a statement on the server.
            for _ in range(8):
                assert [hold.result() for hold in [pool.submit(buyer.hold) for buyer in buyers]] == [303] * 6
                assert requests.get(f"{small.house.url}/nb/tickets", timeout=10).status_code == 200
            assert requests.get(f"{small.house.url}/readyz", timeout=10).status_code == 200
            wait_until(lambda: server.ask("SELECT count(*) FROM heartbeat")[0][0] > 0, "the worker is not seen")
            failed = [lines(small.house, event) for event in ("error", "worker.failed", "database.away")]
            assert failed == [[], [], []]
        assert server.ask("SELECT sum(taken) FROM slot")[0][0] > 0


def test_behind_a_pooler_nothing_is_kept_on_a_connection() -> None:
    become(Process.WEB)
    try:
        with cluster() as server:
            for pooled, limit, after in ((False, "7s", 5), (True, "0", None)):
                engine = create_engine(server.address)
                connecting.join(engine, Waits(pooled=pooled))
                with engine.connect() as connection:
                    driver = connection.connection.dbapi_connection
                    assert isinstance(driver, psycopg.Connection)
                    assert connection.scalar(text("SHOW statement_timeout")) == limit
                    assert driver.prepare_threshold == after
                engine.dispose()
    finally:
        become(Process.TOOL)
