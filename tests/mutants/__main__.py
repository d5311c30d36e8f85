"""`make mutants`: put every fault in, one at a time, and see its test fail. 1 when one survives, or cannot be tried.

`make mutants MUTANTS="money wall-time-without-zone"`: those of a room, or by their names.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.mutants.faults import FAULTS
from tests.mutants.trying import FaultOutcome, try_all


def main() -> int:
    """Try what was asked for, and print a table."""
    reader = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    reader.add_argument("names", nargs="*", help="faults or rooms; all of them where none is said")
    reader.add_argument("--jobs", type=int, default=2, help="how many at once")
    options = reader.parse_args()
    wanted = set(options.names)
    unknown = wanted - {fault.name for fault in FAULTS} - {fault.room for fault in FAULTS}
    if unknown:
        reader.error(f"no such fault or room: {', '.join(sorted(unknown))}")
    faults = [fault for fault in FAULTS if not wanted or wanted & {fault.name, fault.room}]
    outcomes: Counter[FaultOutcome] = Counter()
    for tried in try_all(faults, options.jobs):
        outcomes[tried.outcome] += 1
        fault, how = tried.fault, f"{tried.outcome} ({tried.cause})" if tried.cause else str(tried.outcome)
        print(f"{fault.room:12} {fault.name:36} {how:30} {fault.wrong}", flush=True)
        if tried.outcome is not FaultOutcome.CAUGHT:
            print(f"{'':12} {fault.file}: {fault.caught_by}", flush=True)
    rooms = len({fault.room for fault in faults})
    print(f"\n{len(faults)} faults in {rooms} rooms:", *(f"{count} {outcome}" for outcome, count in outcomes.items()))
    return 0 if set(outcomes) <= {FaultOutcome.CAUGHT} else 1


if __name__ == "__main__":
    sys.exit(main())
