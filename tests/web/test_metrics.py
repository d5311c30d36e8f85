"""What Prometheus reads: who may, what is counted and under which labels, and how things stand in the database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert

from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import run, unit_of_work
from booking.machines import asking, last_runs
from booking.outbox.models import Heartbeat
from booking.outbox.promises import promise
from booking.reports.monitor import measured
from booking.settings import SettingsError
from booking.web.metering import standing
from booking.web.metering.counts import OTHER
from tests.builders import a_hold, a_sale
from tests.conftest import settings_for
from tests.web.metered import AS_PROMETHEUS, TOKEN, metered, scraped, value


@pytest.fixture
def counted(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """A house with something to sell, whose counts somebody may ask for."""
    a_sale()
    with metered(app, tmp_path) as other:
        yield other


def test_nobody_reads_them_where_no_token_is_set(app: Flask) -> None:
    assert app.test_client().get("/metrics", headers=AS_PROMETHEUS).status_code == 404


@pytest.mark.parametrize(
    "given", ["", TOKEN, "Bearer ", f"Bearer {TOKEN}0", f"Bearer {TOKEN[:-1]}", "Bearer æ", "Basic x"]
)
def test_only_the_token_opens_them(counted: Flask, given: str) -> None:
    client = counted.test_client()
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 401
    assert client.get("/metrics", headers=AS_PROMETHEUS).status_code == 200


@pytest.mark.parametrize("token", ["short", "a" * 64, "0123456789abcdef" * 2 + " and more"])
def test_a_token_that_can_be_guessed_or_sent_in_no_header_is_refused_at_the_start(tmp_path: Path, token: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_for(f"sqlite:///{tmp_path}/bestill.db", tmp_path, METRICS_TOKEN=token)
    assert "METRICS_TOKEN" in str(refused.value.mistakes)


def test_requests_are_counted_by_pattern_method_and_status_and_no_address_is_told(counted: Flask) -> None:
    client, secret = counted.test_client(), "S3CRETS3CRETS3CRETS3CRETS3"
    for _ in range(3):
        assert client.get("/en/tickets").status_code == 200
    client.get(f"/en/b/{secret}")
    client.get("/en/no-such-page/qrst")
    client.open("/en/", method="QRST")
    read = scraped(client)
    count = "bestill_request_seconds_count"
    assert value(read, count, route="/<lang>/tickets", method="GET", status="200") == 3
    assert value(read, count, route="/<lang>/b/<secret>", method="GET", status="404") == 1
    assert value(read, count, route=OTHER, method="GET", status="404") == 1
    assert value(read, count, route=OTHER, method=OTHER, status="405") == 1
    assert value(read, "bestill_request_seconds_sum", route="/<lang>/tickets", method="GET", status="200") > 0
    text = client.get("/metrics", headers=AS_PROMETHEUS).text
    assert [mark for mark in (secret, "qrst", "QRST", TOKEN) if mark in text] == []


def test_a_refusal_is_counted_by_its_cause(counted: Flask) -> None:
    client = counted.test_client()
    assert client.post("/en/tickets", data={}).status_code == 422
    assert value(scraped(client), "bestill_refusals_total", cause="Nothing") == 1


def test_what_waits_and_what_is_held_is_told(app: Flask, tmp_path: Path) -> None:
    _, slot, adult = a_sale()
    a_hold(slot, adult)
    with unit_of_work():
        promise("mail.confirmation", "waits", {})
    last_runs.keep_backup(clock.now())
    with metered(app, tmp_path) as other:
        read = scraped(other.test_client())
    assert value(read, "bestill_database_up") == 1
    assert value(read, "bestill_outbox_due", rank="at_the_screen") == 1
    assert value(read, "bestill_outbox_age_seconds") >= 0
    assert value(read, "bestill_holds", state=State.HELD) == 1
    assert value(read, "bestill_payments_under_way", state="open") == 0
    assert value(read, "bestill_workers") == 0
    assert abs(value(read, "bestill_last_backup_timestamp_seconds") - clock.now().timestamp()) < 3600
    assert value(read, "bestill_last_good_check_timestamp_seconds") == 0
    assert value(read, "bestill_disk_free_bytes") > 0


def test_how_far_a_workers_clock_is_off_is_told_while_it_is_seen(app: Flask, tmp_path: Path) -> None:
    a_sale()
    now = clock.now()
    seen = {"a:1": (0, -2500), "b:1": (0, 40), "c:1": (600, 90_000)}
    with unit_of_work():
        rows = [
            {"worker": name, "beat_at": now - timedelta(seconds=ago), "skew_ms": ms} for name, (ago, ms) in seen.items()
        ]
        run(insert(Heartbeat), rows)
    with metered(app, tmp_path) as other:
        read = scraped(other.test_client())
    assert (value(read, "bestill_workers"), value(read, "bestill_worker_clock_skew_seconds")) == (2, 2.5)


def test_more_than_ten_thousand_of_a_kind_are_not_counted_to_the_end(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_sale()
    with unit_of_work():
        for number in range(5):
            promise("mail.confirmation", f"waits:{number}", {})
    monkeypatch.setattr(measured, "MOST", 3)
    with metered(app, tmp_path) as other:
        assert value(scraped(other.test_client()), "bestill_outbox_due", rank="at_the_screen") == 3


def test_with_the_database_away_all_else_is_told(counted: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_now: object) -> None:
        raise RuntimeError("away")

    monkeypatch.setattr(standing, "measure", away)
    client = counted.test_client()
    client.get("/en/tickets")
    read = scraped(client)
    assert value(read, "bestill_database_up") == 0
    assert value(read, "bestill_disk_free_bytes") > 0
    assert value(read, "bestill_request_seconds_count", route="/<lang>/tickets", method="GET", status="200") == 1
    assert not [name for name, _labels in read if name == "bestill_workers"]


def test_a_database_that_does_not_answer_is_not_waited_for(counted: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LIMIT", 0.05)
    monkeypatch.setattr(standing, "measure", lambda _now: time.sleep(1))
    assert value(scraped(counted.test_client()), "bestill_database_up") == 0
