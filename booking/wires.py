"""What leaves this machine: passwords, keys and people's names go over TLS or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

# Of libpq; with the others it goes on in the clear where there is no TLS.
TLS_MODES = ("require", "verify-ca", "verify-full")


def in_the_clear(database_url: str, bases: Mapping[str, str], plain_mail_server: str) -> list[str]:
    """What is wrong with these addresses in production, a sentence each; empty ones are right."""
    mistakes = []
    if plain_mail_server and not is_near(plain_mail_server):
        mistakes.append("MAIL_USE_TLS cannot be off in production, except for a mail server on this machine.")
    mistakes += [
        f"{name} must begin with https:// in production."
        for name, base in bases.items()
        if base and not base.startswith("https://")
    ]
    if database_url.startswith("postgresql") and _is_said_aloud(database_url):
        mistakes.append(
            "DATABASE_URL must end with ?sslmode=verify-full in production (or require, verify-ca), unless PostgreSQL "
            "is on this machine."
        )
    return mistakes


def is_near(host: str) -> bool:
    """Whether what is said to this host never leaves the machine; a path is a socket's."""
    return host == "localhost" or host.startswith(("127.", "/")) or host in ("::1", "[::1]")


def _is_said_aloud(database_url: str) -> bool:
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):  # which is another mistake, told elsewhere
        return False
    hosts = [host for name in (url.host, url.query.get("host")) for host in _hosts(name)]
    return not all(map(is_near, hosts)) and url.query.get("sslmode") not in TLS_MODES


def _hosts(value: object) -> list[str]:
    """The hosts that a part of a database's address names: none for the local socket, one, or several."""
    parts = value if isinstance(value, tuple) else (value,)
    hosts = [host for part in parts if part for host in str(part).split(",")]
    return [host.rsplit(":", 1)[0] if host.count(":") == 1 else host for host in hosts]


def is_origin(url: str) -> bool:
    """Whether this is an address of a site: http or https, a host, perhaps a port, nothing else."""
    try:
        parts = urlsplit(url)
        return bool(
            parts.scheme in ("http", "https")
            and parts.hostname
            and parts.port != 0
            and parts.username is None
            and re.fullmatch(r"[a-z]+://[^\s/?#\\\"<>]+", url)
        )
    except ValueError:  # a port that is no number, half a bracket
        return False


def is_service(url: str) -> bool:
    """The same with a path, perhaps: an address that others' services are asked at."""
    parts = re.fullmatch(r"([a-z]+://[^/]*)(/[a-zA-Z0-9._~/-]*)?", url)
    return parts is not None and is_origin(parts[1])


def is_database_address(url: str) -> bool:
    """Whether a driver could make sense of it; whether the server answers shows at the first question."""
    try:
        return bool(make_url(url).database)
    except (ArgumentError, ValueError):
        return False
