"""What a machine is called, and each worker on it."""

from __future__ import annotations

import os
import secrets
import socket

LONGEST = 20


def this_machine() -> str:
    """The name that it has in its network; in a container the container's."""
    return socket.gethostname()[:LONGEST]


def name_a_worker() -> str:
    """A name for a worker on this machine that no other has, nor will have."""
    return f"{this_machine()}-{os.getpid()}-{secrets.token_hex(3)}"


def machine_of(worker: str) -> str:
    """The machine that a worker of this name is on."""
    return worker.rsplit("-", 2)[0]
