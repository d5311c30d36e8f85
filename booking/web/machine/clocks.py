"""What a monitor is told of the machines' clocks. Without their names: anybody may ask, and *Health* has them."""

from __future__ import annotations

from collections.abc import Iterable

from booking.kernel import clock
from booking.outbox.clocks import Beat, MachineClock, clocks, is_the_database_off


def facts_of_clocks(beats: Iterable[Beat]) -> dict[str, object]:
    """Seconds by which this machine's clock and those of the others are ahead of the database's, and what is wrong.

    Null and nothing where the database is a file, whose clock is the machine's.
    """
    machines = clocks(beats)
    return {
        "clock_skew": machines[0].skew.total_seconds() if machines else None,
        "clock_uncertainty": clock.uncertainty().total_seconds() if machines else None,
        "clock_skew_of_others": [machine.skew.total_seconds() for machine in machines[1:]],
        "clock_warnings": _warnings(machines),
    }


def _warnings(machines: list[MachineClock]) -> list[str]:
    if is_the_database_off(machines):
        return ["All machines differ from the database's clock by the same: it may be the database's that is wrong."]
    return [
        f"The clock of {'another' if machine.machine else 'this'} machine is {machine.seconds} s "
        f"{'ahead of' if machine.is_ahead else 'behind'} the database's. All goes by the database's; set it by NTP."
        for machine in machines
        if machine.is_off
    ]
