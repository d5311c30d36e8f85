"""One line for operators for each thing that happens, as JSON on standard output."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from pathlib import Path

from booking.kernel import clock, origin

_log = logging.getLogger("bestill")


class _Libraries(logging.Handler):
    """What a library has to say: which, how grave, where and of what; its words may quote whatever it was given."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line of ours."""
        error = record.exc_info[1] if record.exc_info else None
        where = f"{record.module}:{record.lineno}"
        write("library", name=record.name, level=record.levelname, where=where, **(cause(error) if error else {}))


def begin() -> None:
    """Send the lines to standard output, and those of libraries among them; once is enough."""
    if not _log.handlers:
        logging.getLogger().addHandler(_Libraries(logging.WARNING))
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _log.addHandler(handler)
        _log.setLevel(logging.INFO)
        _log.propagate = False


def write(event: str, **facts: object) -> None:
    """An event's name and its facts: ids, states, causes; never a name, an address or a secret.

    Every line that comes from a request has its id.
    """
    asked_by = {"id": origin.request_id()} if origin.request_id() else {}
    at = clock.now().isoformat(timespec="milliseconds")
    _log.info(json.dumps({"at": at, "event": event} | asked_by | facts))


FRAMES = 12  # of ours and the very last one: libraries alone would fill them
OURS = str(Path(__file__).parents[1])
CAUSES = 5


def kind_of(error: BaseException) -> str:
    """What was raised, and from what: types alone, since the words of an exception may quote a row."""
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < CAUSES:
        kinds.append(type(seen).__name__)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return " from ".join(kinds)


def cause(error: BaseException) -> dict[str, object]:
    """The facts of a line about something that broke: types and frames, never a value."""
    all_frames = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in all_frames if frame.filename.startswith(OURS) or frame is all_frames[-1]][-FRAMES:]
    return {
        "cause": kind_of(error),
        "frames": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _short(filename: str) -> str:
    """The end of a path: enough to find it, without the machine it lies on."""
    return "/".join(filename.replace("\\", "/").split("/")[-3:])
