"""Run a module of any build, also of one that has no clock to set, as if it were another hour, which goes on."""

from __future__ import annotations

import runpy
import sys
from datetime import datetime

from booking.kernel import clock

if __name__ == "__main__":
    real_now = clock.now
    ahead = datetime.fromisoformat(sys.argv.pop(1)) - real_now()
    clock.now = lambda: real_now() + ahead
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
