"""How things stand, as Prometheus reads it: what lies in the database, this machine's disk, Redis, the version."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import TypeVar

from flask import Flask
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from booking.kernel import clock, schema
from booking.machines.asking import Asker
from booking.reports.monitor.measured import Measured, measure
from booking.settings import settings_of
from booking.version import VERSION
from booking.web.guards.counting import counts_together

NEVER = 0  # of a moment that there has not been: older than any alarm waits


class StandingTold(Collector):
    """Asks the database at each collecting, and gives all else where it does not answer in time."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.database = Asker(app, "metrics", lambda: measure(clock.now()))

    def collect(self) -> Iterator[Metric]:
        """The library's hook."""
        answered = self.database.answer()
        yield _gauge("database_up", "Whether the database told how things stand within two seconds.", bool(answered))
        yield from self._here()
        if answered is not None:
            yield from _in_the_database(answered.value, schema.newest_of(self.app))

    def _here(self) -> Iterator[Metric]:
        settings = settings_of(self.app)
        disk = shutil.disk_usage(settings.instance_dir)
        yield _gauge("disk_free_bytes", "Room where INSTANCE_DIR is.", disk.free)
        yield _gauge("disk_size_bytes", "Size of the disk where INSTANCE_DIR is.", disk.total)
        yield _gauge("limits_together", "Whether limits are counted with all other processes.", counts_together())
        skew = clock.skew()
        if skew is not None:
            words = "By how much this machine's clock is ahead of the database's."
            yield _gauge("clock_skew_seconds", words, skew.total_seconds())
        if settings.redis_url:
            yield _gauge("redis_up", "Whether Redis answers.", counts_together())
        yield InfoMetricFamily("bestill", "The version that answers.", {"version": VERSION})


def _in_the_database(measured: Measured, newest: str) -> Iterator[Metric]:
    yield _gauge("schema_is_newest", "Whether the schema is this version's own.", measured.migration == newest)
    yield InfoMetricFamily(
        "bestill_schema", "Where the schema stands.", {"migration": measured.migration or "", "newest": newest}
    )
    yield _by("outbox_due", "Promises due and not yet kept, by rank.", "rank", measured.due)
    yield _gauge("outbox_age_seconds", "For how long the oldest has been due.", _age(measured.oldest_due, measured.at))
    yield _gauge("outbox_given_up", "Promises that failed for good.", measured.given_up)
    yield _gauge("outbox_held_back", "Letters held back.", measured.held_back)
    yield _gauge("workers", "Workers seen within a minute.", measured.workers)
    yield _moment("worker_seen", "When a worker was last seen.", measured.worker_seen)
    if measured.worker_skew_ms is not None:
        words = "By how much the clock of a worker's machine differs from the database's, at most."
        yield _gauge("worker_clock_skew_seconds", words, measured.worker_skew_ms / 1000)
    yield _by("holds", "Baskets that hold places now, by state.", "state", measured.holds)
    yield _by("payments_under_way", "Payments begun and not ended, by state.", "state", measured.payments)
    yield _gauge("invoices_late", "Invoices on their way for more than a day.", measured.invoices_late)
    check, purge = measured.check, measured.purge
    yield _gauge("check_breaches", "Breaches that the last check found.", len(check.breaches) if check else 0)
    yield _moment("last_good_check", "When the books were last checked and all held.", check.good_at if check else None)
    yield _moment("last_good_purge", "When people were last forgotten.", purge.good_at if purge else None)
    yield _moment("last_backup", "When `flask backup` last made a copy.", measured.backup)
    if measured.connections is not None:
        yield _gauge("database_connections", "Connections to this database, of all.", measured.connections.open)
        yield _gauge("database_connections_most", "Connections that its server takes.", measured.connections.most)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"bestill_{name}", words, value=value)


def _moment(name: str, words: str, at: datetime | None) -> Metric:
    return _gauge(f"{name}_timestamp_seconds", f"{words} 0: never.", at.timestamp() if at else NEVER)


Kind = TypeVar("Kind", bound=Enum)


def _by(name: str, words: str, label: str, numbers: Mapping[Kind, int]) -> Metric:
    family = GaugeMetricFamily(f"bestill_{name}", words, labels=(label,))
    for kind, number in numbers.items():
        family.add_metric([kind.name.lower()], number)
    return family


def _age(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0
