"""Annual passes: how many bookings one may have, and when its time begins."""

from __future__ import annotations

from tests.mutants.fault import Fault

USES = "booking/annual_passes/uses.py"

FAULTS = (
    Fault(
        "pass-open-for-ever",
        "a booking that is given up counts among those to come, and soon the pass takes none any more",
        USES,
        "_closed(Counter(pass_id for pass_id, settled_at in rows if settled_at is None))",
        "rows.clear()",
        "tests/annual_passes/test_uses.py::test_a_pass_has_one_booking_a_day_and_gives_it_back[sqlite]",
    ),
    Fault(
        "pass-last-day-lost",
        "a pass is over on the last day that stands on it",
        "booking/annual_passes/standing.py",
        "if day > days.last:",
        "if day >= days.last:",
        "tests/annual_passes/test_days.py::test_the_last_day_is_one_of_its_days",
    ),
    Fault(
        "pass-blocked-and-let-in",
        "a pass that was blocked lets people in all the same",
        "booking/door/passes.py",
        "    if stands is not None:",
        "    if stands is DoorVerdict.PASS_ENDED:",
        "tests/door/test_passes.py::test_codes_that_open_nothing_are_told_apart[sqlite]",
    ),
)
