"""A PostgreSQL whose every change is kept elsewhere by the command that we ship, and the copy of one of its moments."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.stores import LASTING, Server
from tests.outages.cluster import Cluster, a_folder, cluster, copy_into
from tests.outages.waiting import wait_until
from tests.support.machines import ROOT

SHIPPED, WRITTEN = ROOT / "deploy" / "postgresql.conf", ROOT / "docs" / "operations.md"
KEPT_IN = "/var/backups/wal"  # where both of them keep it


@dataclass
class Archived(Server):
    """Its server, this week's copy of everything, and what was written since."""

    server: Cluster
    changes: Path
    copy: Cluster  # not started: it takes the server's address when it is

    def __post_init__(self) -> None:
        super().__init__(self.server)

    def now(self) -> str:
        """The moment, as one would write it down."""
        ((moment,),) = self.server.ask("SELECT clock_timestamp()::text")
        return str(moment)

    def lock_up(self) -> None:
        """The last changes go into the archive, and the server ends."""
        self.server.ask("SELECT pg_switch_wal()")
        self.server.stop()

    def put_back(self, moment: str) -> None:
        """The copy takes the server's place, as it was at this moment."""
        settings = {
            "restore_command": _written(WRITTEN, "restore_command").replace(KEPT_IN, str(self.changes)),
            "recovery_target_time": moment,
            "recovery_target_action": "promote",
        }
        data = self.copy.folder / "data"
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        (data / "recovery.signal").touch()
        shutil.chown(data / "recovery.signal", (data / "PG_VERSION").owner())
        self.copy.start()
        wait_until(self._is_there, "the moment is never reached")

    def _is_there(self) -> bool:
        return self.copy.ask("SELECT pg_is_in_recovery()") == [(False,)]


@contextmanager
def an_archived() -> Iterator[Archived]:
    """It runs, its copy is made, and every change since goes to the archive."""
    with a_folder() as changes, a_folder() as apart:
        command = _written(SHIPPED, "archive_command").replace(KEPT_IN, str(changes))
        archiving = ("-c", "archive_mode=on", "-c", f"archive_command={command}")
        with cluster(*LASTING, *archiving) as server:
            copy_into(apart, server)
            copy = Cluster(apart, port=server.port, more=LASTING)
            try:
                yield Archived(server, changes, copy)
            finally:
                copy.kill()


def _written(file: Path, setting: str) -> str:
    """A setting's value as operators read it there."""
    value = re.search(rf"\b{setting} = '([^']+)'|\b{setting} = '((?:[^']|'')+)'", file.read_text())
    assert value, f"{file.name} no longer says {setting}"
    return value[1] or value[2]
