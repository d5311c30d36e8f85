"""Whether what was raised is the database being away, and in which way; all else is a fault of ours."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from booking.kernel.server.turns import Jammed

LOW_BYTE = 0xFF  # SQLite's extended codes carry the plain one there


class Outage(StrEnum):
    """In which way it is away."""

    GONE = "gone"  # nobody answers, or the connection broke
    SILENT = "silent"  # connected, and no answer in time
    CROWDED = "crowded"  # no connection is to be had
    LOCKED = "locked"  # somebody else has what is asked for
    SLOW = "slow"  # ended since it took too long
    FULL = "full"  # no room on its disk
    READ_ONLY = "read_only"  # a standby, or a file that may not be written to
    BROKEN = "broken"  # its files cannot be used


BUSY = frozenset({Outage.CROWDED, Outage.LOCKED, Outage.SLOW})  # by itself over in a moment

# SQLSTATE, whole or its class: https://www.postgresql.org/docs/current/errcodes-appendix.html
_STATES = {
    "08": Outage.GONE,
    "57P": Outage.GONE,
    "25P03": Outage.GONE,  # ended since we were silent with a transaction open
    "25006": Outage.READ_ONLY,
    "40P01": Outage.LOCKED,
    "40001": Outage.LOCKED,
    "55P03": Outage.LOCKED,
    "57014": Outage.SLOW,
    "53100": Outage.FULL,
    "53": Outage.CROWDED,
    "58": Outage.BROKEN,
    "XX": Outage.BROKEN,
}
# https://www.sqlite.org/rescode.html
_CODES = {
    3: Outage.BROKEN, 5: Outage.LOCKED, 6: Outage.LOCKED, 8: Outage.READ_ONLY, 10: Outage.BROKEN, 11: Outage.BROKEN,
    13: Outage.FULL, 14: Outage.GONE, 26: Outage.BROKEN,
}  # fmt: skip

# What is refused before there is a connection comes without a SQLSTATE.
_FULL_HOUSE = ("too many clients", "too many connections", "connection slots are reserved", "no more connections")


def outage_in(error: BaseException | None) -> Outage | None:
    """How the database is away, if that is what this comes from."""
    while error is not None:
        if isinstance(error, Jammed):
            return Outage.LOCKED
        if isinstance(error, NoConnectionFree):
            return Outage.CROWDED
        if isinstance(error, DBAPIError | StatementError) and error.orig is not None:
            return _of_driver(error.orig)
        error = error.__cause__ or error.__context__
    return None


def sign_of(error: BaseException | None) -> str:
    """What the database itself calls it, for the log: a SQLSTATE, a result of SQLite; "" when it said nothing."""
    while error is not None:
        told = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
        if told:
            return str(told)
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return ""


def is_lost(error: BaseException) -> bool:
    """Whether the connection that this came over is of no use any more, though it may still be open."""
    return str(getattr(error, "sqlstate", "") or "").startswith(("57P", "25006", "25P03"))


def _of_driver(error: BaseException) -> Outage | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return _CODES.get(code & LOW_BYTE)
    own: Outage | None = getattr(error, "outage", None)  # ours say it themselves
    if own is not None:
        return own
    state = getattr(error, "sqlstate", None)
    if state:
        return next((_STATES[state[:length]] for length in (5, 3, 2) if state[:length] in _STATES), None)
    import psycopg  # where the database is a file nobody needs it

    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return Outage.SILENT
    if any(words in str(error) for words in _FULL_HOUSE):
        return Outage.CROWDED
    # Without a word of the server's: it could not be reached, hung up, or the connection was closed under us.
    return Outage.GONE if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) else None
