"""Ask the open database of advisories (osv.dev) about what is locked: `make audit`; `make check` only tells.

A newcomer's tests must not turn red because somebody found a fault elsewhere in the world this morning, nor because
there is no network; so without `--strict` nothing fails, and what was not asked is said.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.support.sbom import LOCKED, ROOT, Pinned, pinned

SERVICE = "https://api.osv.dev/v1/querybatch"
PATIENCE = 6  # seconds


@dataclass(frozen=True, slots=True)
class Advisory:
    """A fault that is known of a package we have."""

    package: Pinned
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.package.name} {self.package.version}: {', '.join(self.names)}"


class NotReached(Exception):
    """The database did not answer, or nothing that can be read."""


def ask(packages: list[Pinned], service: str = SERVICE, patience: float = PATIENCE) -> list[Advisory]:
    """What is known of these packages, in one question. Raises NotReached."""
    queries = [
        {"package": {"name": package.name, "ecosystem": "PyPI"}, "version": package.version} for package in packages
    ]
    body = json.dumps({"queries": queries}).encode()
    try:
        with urlopen(Request(service, body, {"Content-Type": "application/json"}), timeout=patience) as answer:
            results = json.load(answer)["results"]
        advisories = [
            Advisory(package, tuple(sorted(fault["id"] for fault in result["vulns"])))
            for package, result in zip(packages, results, strict=True)
            if result.get("vulns")
        ]
    except (URLError, HTTPException, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotReached(type(error).__name__) from error
    return advisories


def main() -> None:
    """Tell what is known; exit 1 with `--strict` when something is, or when nobody could be asked."""
    parser = argparse.ArgumentParser(prog="advisories", description="Ask osv.dev about the locked packages.")
    parser.add_argument("--strict", action="store_true", help="fail when there is something to do")
    parser.add_argument("--service", default=SERVICE)
    wanted = parser.parse_args()
    packages = sorted({*pinned(LOCKED), *pinned(ROOT / "requirements-dev.txt")}, key=lambda package: package.purl)
    try:
        advisories = ask(packages, wanted.service)
    except NotReached as error:
        print(f"Advisories were not asked for: {wanted.service} cannot be reached ({error}).")
        sys.exit(wanted.strict)
    for advisory in advisories:
        print(f"Known fault: {advisory} (https://osv.dev/{advisory.names[0]})")
    print(f"{len(packages)} packages, {len(advisories)} with known faults.")
    sys.exit(wanted.strict and bool(advisories))


if __name__ == "__main__":
    main()
