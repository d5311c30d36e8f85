"""`python -m tests.chaos --operations 100000 --kills 50 --database postgresql --seed 7`; ends with 1 on any fault."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.run_of import chaos
from tests.conftest import DATABASES


def main() -> int:
    """Run on one database, or on each in turn."""
    parser = argparse.ArgumentParser(
        prog="tests.chaos", description="Random work while the house is killed and cut off."
    )
    parser.add_argument("--operations", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20, help="and as many freezes, cuts and clocks together")
    parser.add_argument("--people", type=int, default=8, help="at once")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--hardest", type=float, default=8, help="seconds that something is frozen or away, at most")
    parser.add_argument("--off", type=float, default=300, help="seconds by which a clock may be off")
    parser.add_argument("--minutes", type=float, help="begin nothing more after so many, and judge what was done")
    parser.add_argument("--keep", action="store_true", help="leave the folder with database and logs")
    wanted = parser.parse_args()
    print(f"seed {wanted.seed}", flush=True)
    failed = False
    for database in DATABASES if wanted.database == "both" else (wanted.database,):
        folder = Path(tempfile.mkdtemp(prefix="bestill-chaos-"))
        try:
            told = chaos(
                folder, database, wanted.seed, wanted.operations, wanted.kills,
                people=wanted.people, hardest=wanted.hardest, off=wanted.off,
                minutes=wanted.minutes,
            )  # fmt: skip
        finally:
            if wanted.keep:
                print(f"logs: {folder}", flush=True)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        print(told.table, flush=True)
        failed = failed or bool(told.faults)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
