"""A headless Chromium for the tests; `python -m tests.support.chromium` installs one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# The shell without a desktop comes first: the same pages cost a third of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """The browser of this machine; None means the one that playwright downloads for itself, if it is there."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Make sure that there is a browser: the system's, else Debian's package, else playwright's own."""
    if find_chromium():
        return
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        update = subprocess.run([*sudo, "apt-get", "update", "-qq"], env=environment, check=False)
        for browser in ("chromium-headless-shell", "chromium") if update.returncode == 0 else ():
            wanted = [browser, "fonts-dejavu-core"]
            command = [*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
            if subprocess.run(command, env=environment, check=False).returncode == 0:
                return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        browser.close()


if __name__ == "__main__":
    install()
