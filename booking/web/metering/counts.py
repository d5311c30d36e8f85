"""What the processes of a server count and how busy they are.

Labels hold patterns of addresses, methods, statuses and causes by name: none of them what somebody typed, and none
without end.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from booking.kernel.database import turns
from booking.reports.monitor.pool import pool_now
from booking.web.metering.folder import shared

# Seconds. A page takes 3 to 10 ms when all is well; 2 s is what is promised while a row is locked, 10 s in an outage.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 1, 2, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
OTHER = "other"  # of what has no end: methods, and addresses that there are not


class Counts:
    """Counts for one app, over all processes of its server where they share a folder."""

    def __init__(self) -> None:
        self.own = CollectorRegistry()
        self.seconds = Histogram(
            "bestill_request_seconds",
            "How long requests took, by the pattern of the address, method and status.",
            ("route", "method", "status"),
            buckets=BUCKETS,
            registry=self.own,
        )
        self.refusals = self._counter("bestill_refusals", "What the rules did not allow, by cause.", "cause")
        self.away = self._counter("bestill_database_away", "Requests without a database, by why.", "why")
        self.left_out = self._counter("bestill_failures_left_out", "Failures too many to be kept for the staff's page.")
        self.processes = self._gauge("bestill_processes", "Processes that have answered somebody.")
        self.threads = self._gauge("bestill_threads", "Threads that answer.")
        self.busy = self._gauge("bestill_threads_busy", "Threads at a request, within the last second.")
        self.writing = self._gauge("bestill_writing", "Units of work under way, within the last second.")
        self.pool = self._gauge("bestill_pool_connections", "Connections that the pools may open to the database.")
        self.open = self._gauge("bestill_pool_open", "Connections that they have open, within the last second.")
        self.used = self._gauge("bestill_pool_used", "Connections in use, within the last second.")
        self.longest = Gauge(
            "bestill_longest_request_seconds",
            "For how long the oldest request under way has been, within the last second.",
            multiprocess_mode="livemax",
            registry=self.own,
        )
        self._of_answers: dict[tuple[str, str, int], Histogram] = {}

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, registry=self.own)

    def _gauge(self, name: str, words: str) -> Gauge:
        return Gauge(name, words, multiprocess_mode="livesum", registry=self.own)

    def answer(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered."""
        labels = route, method, status
        answers = self._of_answers.get(labels)
        if answers is None:
            answers = self._of_answers[labels] = self.seconds.labels(route, method, str(status))
        answers.observe(seconds)

    def count(self, response: Response) -> Response:
        """After each request."""
        rule, method = request.url_rule, request.method
        self.answer(
            rule.rule if rule else OTHER,
            method if method in METHODS else OTHER,
            response.status_code,
            time.perf_counter() - g.begun,
        )
        return response

    def sample(self, app: Flask, threads: int, begun: Mapping[int, float]) -> None:
        """How busy this process is now; `begun`: since when each of its threads has been at its request."""
        since = [*begun.values()]
        self.processes.set(1)
        self.threads.set(threads)
        self.busy.set(len(since))
        self.longest.set(time.monotonic() - min(since) if since else 0)
        self.writing.set(len(turns.begun))
        pool = pool_now(app)
        self.pool.set(pool.most)
        self.open.set(pool.open)
        self.used.set(pool.used)

    def join(self, registry: CollectorRegistry) -> None:
        """Let a registry tell what is counted, by all processes that share a folder."""
        folder = shared()
        if folder is None:
            registry.register(self.own)  # type: ignore[arg-type]  # it collects, which is all that is asked
        else:
            MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
