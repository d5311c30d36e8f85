"""`deploy/Containerfile` and `deploy/compose.yaml` name what is there; that they run is a drill (tests/drill)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it has no types

from booking.settings import Settings
from tests.machines.test_shipped_settings import MUST_BE_FILLED, shipped
from tests.support.house import ROOT

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
PYTHON_OF = {"13": "3.13"}  # by Debian's own number


@cache
def composed() -> dict[str, Any]:
    """The compose file, with what its parts have in common put in."""
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return read


def services() -> dict[str, dict[str, Any]]:
    return dict(composed()["services"])


class Asked(Mapping[str, str]):
    """An environment that remembers which names it was asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values_of = dict(values)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self.values_of[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_of)

    def __len__(self) -> int:
        return len(self.values_of)


def test_every_image_begins_from_one_named_image_of_one_version() -> None:
    first, *others = re.findall(r"^FROM (\S+) AS (\w+)$", CONTAINERFILE, re.MULTILINE)
    assert re.fullmatch(r"docker\.io/library/debian:[0-9]+-slim", first[0])
    assert {image for image, _stage in others} == {first[1]}


def test_the_image_has_a_python_that_we_run_on() -> None:
    debian = re.search(r"debian:([0-9]+)", CONTAINERFILE)
    assert debian
    python = PYTHON_OF[debian[1]]
    makefile = (ROOT / "Makefile").read_text()
    tried = re.search(r"foreach version,([0-9. ]+),", makefile)
    assert tried and python in tried[1].split()
    locked_for = re.search(r"--python-version ([0-9.]+)", makefile)
    assert locked_for and tuple(map(int, python.split("."))) >= tuple(map(int, locked_for[1].split(".")))


def test_what_the_images_copy_is_there() -> None:
    copied = [
        source for line in re.findall(r"^COPY (.+)$", CONTAINERFILE, re.MULTILINE) for source in line.split()[:-1]
    ]
    assert "deploy/database.sh" in copied
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_what_opens_something_and_what_was_built_here_stays_out_of_the_image() -> None:
    left_out = {*(ROOT / ".dockerignore").read_text().splitlines()}
    kept_here = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()} & {".venv", "instance"}
    assert {*kept_here, ".git", "deploy/*.pem", "deploy/compose.env", "deploy/.env"} <= left_out
    for name in ("compose.env", ".env", "certificate.pem"):  # what compose.yaml reads beside itself
        assert name in (DEPLOY / "compose.yaml").read_text()


def test_the_database_is_of_the_version_that_is_installed() -> None:
    installed = re.findall(r"postgresql-([0-9]+)\b", CONTAINERFILE)
    assert {*installed} == {*re.findall(r"/postgresql/([0-9]+)/", (DEPLOY / "database.sh").read_text())}


def built() -> dict[str, str]:
    """The stage that each image is built to, by the image's name; every one by a single service."""
    builds = [(service["image"], service["build"]) for service in services().values() if "build" in service]
    assert len(dict(builds)) == len(builds)
    assert all((DEPLOY / build["context"] / build["dockerfile"]).is_file() for _image, build in builds)
    return {image: build["target"] for image, build in builds}


def test_every_image_is_built_once_from_a_stage_that_is_there() -> None:
    stages = re.findall(r"^FROM \S+ AS (\w+)$", CONTAINERFILE, re.MULTILINE)
    assert sorted(built().values()) == sorted({*stages} - {"base"})
    assert {service["image"] for service in services().values()} == {*built()}


@pytest.mark.parametrize("name", services())
def test_a_service_stands_on_what_is_there(name: str) -> None:
    service = services()[name]
    assert {*service.get("depends_on", ())} <= {*services()}
    assert {*service["networks"]} <= {*composed()["networks"]}
    volumes = {str(volume).partition(":")[0] for volume in service.get("volumes", ())}
    assert {volume for volume in volumes if volume[0] not in "./"} <= {*composed()["volumes"]}


@pytest.mark.parametrize("name", services())
def test_a_service_may_write_and_become_no_more_than_it_must(name: str) -> None:
    service = services()[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert bool(service.get("cap_add")) == (name == "proxy")


def house_services() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, service) for name, service in services().items() if built()[service["image"]] == "house")


def test_commands_of_the_compose_file_are_there() -> None:
    known = re.findall(r'@(?:click|group)\.command\("([\w-]+)"\)', (ROOT / "booking" / "cli.py").read_text())
    words = [" ".join(service.get("command", ())) for _name, service in house_services()]
    called = [command for text in words for command in re.findall(r"flask(?:,? --app app) ([\w-]+)", text)]
    assert sorted(called) == ["backup", "migrate", "worker"]
    assert {*called} <= {*known}


def test_settings_of_the_compose_file_are_known_and_right_for_production(tmp_path: Path) -> None:
    given = services()["one"]["environment"]
    words = {name: str(value).replace("${DATABASE_PASSWORD}", "x") for name, value in given.items()}
    whole = shipped(tmp_path) | MUST_BE_FILLED | words | {"INSTANCE_DIR": str(tmp_path)}
    environment = Asked(whole)
    settings = Settings.from_environment(environment)
    assert {*whole} - environment.names == set()
    assert (settings.mode, settings.bind, settings.trusted_proxies) == ("production", "0.0.0.0", 1)
    assert [str(network.network_address) for network in settings.proxy_addresses] == [address_of("proxy")]
    for _name, service in house_services():
        assert service["environment"] == given


def address_of(name: str) -> str:
    return str(services()[name]["networks"]["inside"]["ipv4_address"])


def test_the_proxy_of_the_image_sends_visitors_to_the_two_machines() -> None:
    shipped_file, image = (DEPLOY / "haproxy.cfg").read_text(), ""
    changes = re.findall(r"'s/([^/]+)/([^/]+)/'", CONTAINERFILE)
    for pattern, there in changes:
        image, times = re.subn(pattern, there, image or shipped_file)
        assert times == 1
    port = services()["one"]["environment"]["PORT"]
    machines = re.findall(r"^    server (\w+) (\S+)$", image, re.MULTILINE)
    assert machines == [(name, f"{address_of(name)}:{port}") for name in ("one", "two")]


def test_a_machine_is_given_the_time_that_it_takes_to_end() -> None:
    for name in ("one", "two"):
        service = services()[name]
        assert int(service["stop_grace_period"].removesuffix("s")) >= int(service["environment"]["DRAIN_SECONDS"]) + 30
        assert f":{service['environment']['PORT']}/livez" in service["healthcheck"]["test"][-1]
