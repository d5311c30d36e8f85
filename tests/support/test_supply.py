"""The bill of materials says all that is installed, and advisories are asked for without anybody depending on it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.support.advisories import Advisory, NotReached, ask
from tests.support.house import free_port
from tests.support.sbom import LOCKED, ROOT, Pinned, asked_for, bill, normal, pinned

MAKEFILE = ROOT / "Makefile"
OLD = Pinned("jinja2", "2.0", ())


def test_every_locked_package_stands_in_the_bill_with_its_hashes() -> None:
    locked = re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[.*?\])?==", LOCKED.read_text(encoding="utf-8"))
    made = bill(pinned(), asked_for())
    assert sorted(normal(name) for name in locked) == [component["name"] for component in made["components"]]
    assert "flask" in {component["name"] for component in made["components"]}
    for component in made["components"]:
        assert re.fullmatch(r"pkg:pypi/[a-z0-9-]+@[^\s@]+", component["purl"])
        assert component["externalReferences"][0]["hashes"], component["name"]


def test_the_bill_is_whole_by_the_standards_own_rules() -> None:
    made = bill(pinned(), asked_for())
    assert (made["bomFormat"], made["specVersion"], made["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made["serialNumber"])
    refs = [made["metadata"]["component"]["bom-ref"], *(component["bom-ref"] for component in made["components"])]
    assert len(refs) == len(set(refs))
    assert sorted(dependency["ref"] for dependency in made["dependencies"]) == sorted(refs)
    assert {ref for dependency in made["dependencies"] for ref in dependency["dependsOn"]} <= set(refs)
    (direct,) = (dependency["dependsOn"] for dependency in made["dependencies"] if dependency["ref"] == "bestill")
    assert len(direct) >= len(asked_for()) > 10
    assert made == bill(pinned(), asked_for())


def faults_of(text: str) -> list[str]:
    """What the standard's own schema (CycloneDX 1.6, strict) says against a bill."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator  # compiles grammars for seconds, when it is imported

    faults = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text, all_errors=True)
    return [str(fault) for fault in faults or ()]


def test_what_make_sbom_prints_is_valid_by_the_standards_schema() -> None:
    command = next(line for line in MAKEFILE.read_text().splitlines() if "tests.support.sbom" in line)
    assert command.split()[1:4] == ["-m", "tests.support.sbom", ">"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.sbom"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert faults_of(done.stdout) == []
    components = json.loads(done.stdout)["components"]
    assert {"license": {"id": "BSD-3-Clause"}} in [
        component["licenses"][0] for component in components if "licenses" in component
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {"version": "one"},
        {"serialNumber": "1"},
        {"components": [{"type": "library"}]},
        {"components": [{"type": "thing", "name": "x"}]},
        {"components": [{"type": "library", "name": "x", "licenses": [{"license": {"id": "No-Such-Licence"}}]}]},
        {"made": "by hand"},
    ],
)
def test_a_bill_that_is_not_by_the_schema_is_found_out(broken: dict[str, object]) -> None:
    assert faults_of(json.dumps(bill(pinned()[:3], asked_for()) | broken))


def test_a_package_for_several_systems_is_named_by_each_version(tmp_path: Path) -> None:
    file = tmp_path / "locked.txt"
    digest = "a" * 64
    file.write_text(
        f"A_b.c[x]==1.0 ; python_version < '3.12' \\\n    --hash=sha256:{digest} \\\n    --hash=sha256:{'b' * 64}\n"
        f"    # via z\na-b-c==2.0\nother==3\n"
    )
    assert pinned(file) == [
        Pinned("a-b-c", "1.0", (digest, "b" * 64)), Pinned("a-b-c", "2.0", ()), Pinned("other", "3", ()),
    ]  # fmt: skip


class Advisories(BaseHTTPRequestHandler):
    """A database that knows of one fault, or answers what it is told to."""

    said: str | None = None

    def do_POST(self) -> None:
        """Answer by osv.dev's protocol."""
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        known = {("jinja2", "2.0"): {"vulns": [{"id": "PYSEC-2"}, {"id": "GHSA-1"}]}}
        results = [known.get((query["package"]["name"], query["version"]), {}) for query in queries]
        body = (self.said or json.dumps({"results": results})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Its address."""
    server = HTTPServer(("127.0.0.1", 0), Advisories)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/querybatch"
    server.shutdown()
    server.server_close()


def test_what_is_known_of_a_package_is_told(database: str) -> None:
    assert ask([OLD, Pinned("flask", "3.1", ())], database) == [Advisory(OLD, ("GHSA-1", "PYSEC-2"))]


@pytest.mark.parametrize(
    "answer", ["", "<html>", "[]", '{"results": []}', '{"results": 7}', '{"results": [{"vulns": [1]}]}']
)
def test_an_answer_that_cannot_be_read_is_as_none(database: str, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(Advisories, "said", answer or " ")
    with pytest.raises(NotReached):
        ask([OLD], database)


def run(service: str, *words: str) -> subprocess.CompletedProcess[str]:
    """`make audit`, asking there."""
    command = [sys.executable, "-m", "tests.support.advisories", "--service", service, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_checks_go_on_where_nobody_can_be_asked() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/"
    done = run(nowhere)
    assert done.returncode == 0, done.stderr
    assert "were not asked for" in done.stdout
    assert run(nowhere, "--strict").returncode == 1


def test_an_audit_without_faults_is_well(database: str) -> None:
    done = run(database, "--strict")
    assert (done.returncode, "0 with known faults" in done.stdout) == (0, True), done.stdout + done.stderr
