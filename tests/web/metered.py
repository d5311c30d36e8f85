"""An app beside the test's own, on the same database, whose counts somebody may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from booking import create_app
from booking.kernel.database import db
from booking.settings import settings_of
from tests.conftest import settings_for

TOKEN = "0123456789abcdef0123456789abcdef"
AS_PROMETHEUS = {"Authorization": f"Bearer {TOKEN}"}
Sample = tuple[str, tuple[tuple[str, str], ...]]


@contextmanager
def metered(app: Flask, folder: Path, **more: str) -> Iterator[Flask]:
    """It; the database holds what the test has made in `app`."""
    db.session.remove()
    other = create_app(settings_for(settings_of(app).database_url, folder, METRICS_TOKEN=TOKEN, **more))
    other.config["WTF_CSRF_ENABLED"] = False
    other.testing = True
    with other.app_context():
        yield other
        db.session.remove()
        db.engine.dispose()


def scraped(client: FlaskClient) -> dict[Sample, float]:
    """What Prometheus reads, as its own parser has it: by name and labels."""
    answer = client.get("/metrics", headers=AS_PROMETHEUS)
    assert answer.status_code == 200
    return samples(answer.text)


def samples(text: str) -> dict[Sample, float]:
    """A text of Prometheus' as its own parser has it."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(read: dict[Sample, float], name: str, **labels: str) -> float:
    """What stands under a name with just these labels."""
    return read[name, tuple(sorted(labels.items()))]
