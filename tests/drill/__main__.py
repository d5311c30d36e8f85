"""`python -m tests.drill [NAME …]`: the drills in turn, a table, and 1 where a bound or the ledger does not hold."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.drill import containers, drills
from tests.drill.outcome import Outcome, Skipped

# Seconds until a ticket is sold again, at most: docs/operations.md, *Drills*.
DRILLS: dict[str, tuple[str, int, Callable[[Path], Outcome]]] = {
    "server": ("one of two servers killed", 10, drills.server_killed),
    "servers": ("all servers and the worker killed", 60, drills.every_server_killed),
    "primary": ("primary killed, standby promoted", 60, drills.primary_killed),
    "frozen": ("primary frozen, standby promoted", 60, drills.primary_frozen),
    "standby": ("synchronous standby lost", 60, drills.standby_lost),
    "disk": ("disk full, from when there is room", 60, drills.disk_full),
    "redis": ("Redis gone", 10, drills.redis_gone),
    "copy": ("last night's copy put back", 300, drills.copy_put_back),
    "moment": ("the second before a mistake put back", 300, drills.moment_put_back),
    "containers": ("compose file's primary killed, promoted", 60, containers.compose_file),
}


def main() -> int:
    """All of them, or those that are named."""
    parser = argparse.ArgumentParser(prog="tests.drill", description="Outages as they are practised.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(DRILLS))
    names = parser.parse_args().names or list(DRILLS)
    if unknown := set(names) - set(DRILLS):
        parser.error(f"no such drill: {', '.join(sorted(unknown))}")
    held = [holds for name in names if (holds := _row(name)) is not None]
    skipped = f", {len(names) - len(held)} skipped" if len(held) < len(names) else ""
    print(f"verdict: {sum(held)} of {len(held)} hold{skipped}")
    return int(not all(held))


def _row(name: str) -> bool | None:
    """One drill, its line, and whether it held; None, with words, where this machine lacks what it takes."""
    title, bound, drill = DRILLS[name]
    folder = Path(tempfile.mkdtemp(prefix="bestill-drill-"))
    try:
        outcome = drill(folder)
    except Skipped as skipped:
        print(f"{title:40} skipped: {skipped}", flush=True)
        return None
    except AssertionError as error:
        print(f"{title:40} FAILED: {error}", flush=True)
        return False
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    holds = outcome.seconds <= bound and not outcome.faults
    ledger = "ledger holds" if not outcome.faults else f"{len(outcome.faults)} FAULTS"
    late = "" if outcome.seconds <= bound else "  TOO LATE"
    print(f"{title:40} {outcome.seconds:6.1f} s of {bound:3} s{late}  {outcome.sold:4} sold  {ledger}", flush=True)
    for fault in outcome.faults[:20]:
        print(f"    {fault}", flush=True)
    return holds


if __name__ == "__main__":
    sys.exit(main())
