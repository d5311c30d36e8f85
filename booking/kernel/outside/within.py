"""Run a program within limits, as a process of its own: `python -I within.py 15 1073741824 program.py arguments…`.

Started by `apart.py` and by nobody else; imports nothing of ours, so that it starts fast and has nothing to lose. The
program has so many seconds of processor and bytes of address space, and writes no file; it reads standard input and
answers on standard output. Whatever a library does, the process ends with it, and with 1 unless the program came to
its end.
"""

from __future__ import annotations

import os
import resource
import runpy
import sys


def main() -> None:
    """Set the limits, then be that program."""
    seconds, memory = (int(number) for number in sys.argv[1:3])
    sys.argv = sys.argv[3:]
    limit(resource.RLIMIT_CPU, seconds, seconds + 1)
    limit(resource.RLIMIT_AS, memory, memory)
    limit(resource.RLIMIT_FSIZE, 0, 0)
    limit(resource.RLIMIT_CORE, 0, 0)
    code = 1
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
        sys.stdout.flush()
        code = 0
    except BaseException as error:  # a library may panic with one that is no Exception
        sys.stderr.write(type(error).__name__)
    finally:
        os._exit(code)


def limit(what: int, soft: int, hard: int) -> None:
    """So much and no more; where the system allows less (LimitCPU= of a service), that."""
    allowed = resource.getrlimit(what)[1]
    if allowed != resource.RLIM_INFINITY:
        soft, hard = min(soft, allowed), min(hard, allowed)
    resource.setrlimit(what, (soft, hard))


if __name__ == "__main__":
    main()
