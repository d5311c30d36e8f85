"""The systemd units of `deploy/`, by systemd's own judgement where it is installed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.house import ROOT
from tests.support.processes import installed

DEPLOY = ROOT / "deploy"
SERVICES = sorted(file.name for file in DEPLOY.glob("*.service"))
UNITS = [*SERVICES, *sorted(file.name for file in DEPLOY.glob("*.timer"))]
MOST_EXPOSED = 4.5  # of ten, by `systemd-analyze security`


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    """What systemd says; skips where it is not installed."""
    program = installed("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed: apt-get install systemd")
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_every_line(name: str, tmp_path: Path) -> None:
    for unit in UNITS:  # the timer's service beside it, with programs that are on this machine
        text = re.sub(r"(?m)^(Exec\w+=)/srv/bestill/\S+", r"\1/bin/true", (DEPLOY / unit).read_text())
        (tmp_path / unit).write_text(text)
    done = analyze("verify", "--recursive-errors=no", str(tmp_path / name))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_lies_open_no_wider_than_it_does_now(name: str) -> None:
    done = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", str(DEPLOY / name))
    assert done.returncode == 0, done.stdout[-300:]


def test_services_start_what_is_there() -> None:
    started = {
        name: re.findall(r"/srv/bestill/\.venv/bin/(\S+) (.+?)(?: \"|'|$)", (DEPLOY / name).read_text(), re.MULTILINE)
        for name in SERVICES
    }
    assert started == {
        "bestill-backup.service": [("flask", "--app app backup")],
        "bestill-web.service": [("gunicorn", "app:app")],
        "bestill-worker.service": [("flask", "--app app worker")],
        "bestill.service": [("python", "-m booking.serve")],
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_given_the_time_that_it_takes_to_end(name: str) -> None:
    text = (DEPLOY / name).read_text()
    drain = re.search(r"(?m)^DRAIN_SECONDS=(\d+)$", (DEPLOY / "bestill.env").read_text())
    assert drain
    if "Type=oneshot" not in text:
        stop = re.search(r"(?m)^TimeoutStopSec=(\d+)$", text)
        assert stop and int(stop[1]) >= int(drain[1]) + 30
        assert "\nKillMode=mixed\n" in text
