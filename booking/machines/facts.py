"""What the machines of an installation tell each other, by name: read and written whole."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from booking.kernel import clock
from booking.kernel.database import insert_into, run
from booking.machines.models import InstallationFact


class SharedFact(StrEnum):
    """What there is. The first two are read with the schema (`fitness.py`); migrations write the very first."""

    SCHEMA = "schema"
    KEY = "key"
    LAST_CHECK = "last_check"
    LAST_PURGE = "last_purge"
    LAST_BACKUP = "last_backup"


def read(*names: SharedFact) -> dict[SharedFact, Mapping[str, Any]]:
    """Those of these facts that are there; one statement."""
    rows = run(select(InstallationFact.name, InstallationFact.value).where(InstallationFact.name.in_(names)))
    return {SharedFact(name): value for name, value in rows}


def write(name: SharedFact, value: Mapping[str, Any]) -> None:
    """Write a fact over what was there; call inside a unit of work."""
    put = insert_into(InstallationFact).values(_row(name, value))
    run(
        put.on_conflict_do_update(
            index_elements=["name"], set_={"value": put.excluded.value, "written_at": put.excluded.written_at}
        )
    )


def write_first(name: SharedFact, value: Mapping[str, Any]) -> bool:
    """Write a fact unless it is there; True when it was not. Call inside a unit of work."""
    put = insert_into(InstallationFact).values(_row(name, value))
    return run(put.on_conflict_do_nothing(index_elements=["name"]).returning(InstallationFact.name)).first() is not None


def _row(name: SharedFact, value: Mapping[str, Any]) -> dict[str, object]:
    return {"name": str(name), "value": dict(value), "written_at": clock.now()}
