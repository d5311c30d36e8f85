"""What the product is made of, as CycloneDX 1.6 (ECMA-424) JSON: `make sbom`.

Read from the locked requirements, so that it says what an installation gets, with the hashes that pip checks; names of
licences and who needs whom come from what is installed here.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.license import LicenseExpression

ROOT = Path(__file__).parents[2]
LOCKED = ROOT / "requirements.txt"
_PINNED = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")


@dataclass(frozen=True, slots=True)
class Pinned:
    """A package at one version, with the SHA-256 of every file that may be installed for it."""

    name: str
    version: str
    hashes: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its address as advisories and licence scanners name it."""
        return f"pkg:pypi/{self.name}@{self.version}"


def normal(name: str) -> str:
    """A package's name as PyPI compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(file: Path = LOCKED) -> list[Pinned]:
    """What a locked file pins, by name."""
    packages: list[Pinned] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if package := _PINNED.match(line):
            packages.append(Pinned(normal(package[1]), package[2], ()))
        elif packages and (hashes := re.findall(r"--hash=sha256:([0-9a-f]{64})", line)):
            packages[-1] = replace(packages[-1], hashes=(*packages[-1].hashes, *hashes))
    return sorted(packages, key=lambda package: (package.name, package.version))


def bill(packages: list[Pinned], direct: set[str]) -> dict[str, Any]:
    """The bill of materials; `direct` are the names that the product itself asks for."""
    refs: dict[str, list[str]] = {}
    for package in packages:
        refs.setdefault(package.name, []).append(package.purl)
    needs = [{"ref": package.purl, "dependsOn": _refs(_needed_by(package.name), refs)} for package in packages]
    components = [_component(package) for package in packages]
    root = {"type": "application", "bom-ref": "bestill", "name": "bestill"}
    body = {
        "metadata": {"component": root},
        "components": components,
        "dependencies": [{"ref": "bestill", "dependsOn": _refs(direct, refs)}, *needs],
    }
    # The same materials have the same number, so that two bills can be compared byte by byte.
    number = uuid5(NAMESPACE_URL, json.dumps(body, sort_keys=True))
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{number}", "version": 1}
    return {"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", **head, **body}


def _component(package: Pinned) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
    }
    licence = _licence(package.name)
    if licence:
        made["licenses"] = [_named(licence)]
    if package.hashes:
        # Of one of several files each: as references to them, since the component itself has no single hash.
        made["externalReferences"] = [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{package.name}/{package.version}/",
                "hashes": [{"alg": "SHA-256", "content": content} for content in package.hashes],
            }
        ]
    return made


def _named(licence: str) -> dict[str, Any]:
    """By its SPDX name or as an SPDX expression where it is one, for programs that look for licences."""
    made = LicenseFactory().make_from_string(licence)
    if isinstance(made, LicenseExpression):
        return {"expression": made.value}
    return {"license": {"id": made.id} if made.id else {"name": made.name}}


def _licence(name: str) -> str:
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    licence = next((text for name in ("License-Expression", "License") for text in about.get_all(name) or ()), "")
    if licence and "\n" not in licence and len(licence) < 80:
        return licence
    classes = [
        classifier.rsplit(" :: ", 1)[1]
        for classifier in about.get_all("Classifier") or ()
        if classifier.startswith("License :: ")
    ]
    return ", ".join(classes)


def _needed_by(name: str) -> set[str]:
    try:
        requirements = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return set()
    names = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements if "extra ==" not in requirement)
    return {normal(name[0]) for name in names if name}


def _refs(names: set[str], refs: dict[str, list[str]]) -> list[str]:
    return sorted(ref for name in names for ref in refs.get(name, ()))


def asked_for(file: Path = ROOT / "requirements.in") -> set[str]:
    """The names in a file of requirements before it is locked."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return {normal(name[0]) for line in lines if (name := re.match(r"[A-Za-z0-9._-]+", line))}


def main() -> None:
    """Write it to the standard output."""
    json.dump(bill(pinned(), asked_for()), sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
