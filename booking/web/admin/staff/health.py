"""Whether everything is well, on one page."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from flask import current_app, render_template

from booking.kernel import clock
from booking.outbox.clocks import is_the_database_off
from booking.reports import health as reports
from booking.reports.health import Health
from booking.settings import Settings, settings_of
from booking.version import VERSION
from booking.wallet.ending import ends_soon
from booking.web.blueprints import admin
from booking.web.guards.access import staff


@dataclass(frozen=True, slots=True)
class HealthPage:
    """How the installation is doing."""

    health: Health
    versions: Mapping[str, str]
    settings: Settings

    @property
    def database_off(self) -> bool:
        """Whether it is rather the database's clock that wants to be set."""
        return is_the_database_off(self.health.clocks)


@admin.get("/health")
@staff()
def health() -> str:
    """Database, worker, outbox, disk, the last check, versions."""
    settings = settings_of(current_app._get_current_object())  # type: ignore[attr-defined]
    now, versions = clock.now(), Path(current_app.root_path).parent / "migrations" / "versions"
    measured = reports.read(now, Path(settings.instance_dir), versions, ends_soon(settings.apple_wallet, now))
    return render_template(
        "admin/health.html",
        page=HealthPage(
            health=measured,
            versions={"Bestill": VERSION, "Python": platform.python_version(), "Flask": version("flask")},
            settings=settings,
        ),
    )
