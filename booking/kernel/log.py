"""One line for operators for each thing that happens, as JSON on standard output."""

from __future__ import annotations

import json
import logging
import sys

from booking.kernel import clock

_log = logging.getLogger("bestill")


def begin() -> None:
    """Send the lines to standard output; once is enough."""
    if not _log.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _log.addHandler(handler)
        _log.setLevel(logging.INFO)
        _log.propagate = False


def write(event: str, **facts: object) -> None:
    """An event's name and its facts: ids, states, causes; never a name, an address or a secret."""
    _log.info(json.dumps({"at": clock.now().isoformat(timespec="milliseconds"), "event": event} | facts))
