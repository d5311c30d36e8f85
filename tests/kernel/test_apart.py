"""What is done with files of others is done by a process that has little of everything, and nothing of ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from booking.demo.pictures import hanging
from booking.kernel.outside.apart import WITHIN, NothingCame, ProcessLimits, run_apart
from booking.materials import checking
from booking.pictures import drawn, making

SAYS = """
import os, resource, sys
names = (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
ours = [name for name in sys.modules if name.startswith("booking")]
inherited = [name for name in os.environ if name != "LC_CTYPE"]
told = [resource.getrlimit(name)[0] for name in names] + ours + inherited + sys.argv[1:]
sys.stdout.buffer.write(repr(told).encode() + sys.stdin.buffer.read())
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    program = tmp_path / "program.py"
    program.write_text(SAYS)
    return program


@pytest.mark.parametrize("limits", [checking.LIMITS, making.LIMITS, drawn.LIMITS, hanging.LIMITS])
def test_it_has_so_much_processor_and_memory_no_files_and_nothing_of_ours(program: Path, limits: ProcessLimits) -> None:
    told = run_apart(program, b" heard", limits, seconds=30, largest=1000, arguments=("50", "33"))
    assert told == repr([limits.seconds, limits.memory, 0, 0, "50", "33"]).encode() + b" heard"


WRITES = "from pathlib import Path; Path(__file__ + 'x').write_text('x')"


@pytest.mark.parametrize("does", ["bytes(1 << 30)", "1 / 0", "while True: pass", WRITES])
def test_whatever_it_does_ends_there(program: Path, does: str) -> None:
    program.write_text(f"print('begun', flush=True)\n{does}\n")
    with pytest.raises(NothingCame):
        run_apart(program, b"", ProcessLimits(seconds=1), seconds=30, largest=1000)
    assert [file.name for file in program.parent.iterdir() if file.read_bytes()] == ["program.py"]


def test_where_the_system_allows_less_that_counts(program: Path) -> None:
    command = [sys.executable, "-I", str(WITHIN), "20", str(1 << 30), str(program)]
    told = subprocess.run(["sh", "-c", 'ulimit -t 3 && exec "$@"', "sh", *command], capture_output=True, check=True)
    assert told.stdout.startswith(b"[3, "), "seconds of processor"
