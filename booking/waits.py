"""How long the database is waited for, read from the environment."""

from __future__ import annotations

from collections.abc import Callable

from booking.kernel.server.patience import Patience, Process, Waits

LONGEST = 86_400
Number = Callable[[str, int, int, int], int]


def read_waits(number: Number) -> Waits:
    """The limits; `number` reads a variable by its name, default, least and most."""
    standard = Waits()
    web, work = standard.of[Process.WEB], standard.of[Process.WORKER]
    return Waits(
        connect=number("DATABASE_CONNECT_SECONDS", standard.connect, 1, 60),
        network=number("DATABASE_NETWORK_SECONDS", standard.network, 1, 600),
        pooled=bool(number("DATABASE_POOLED", 0, 0, 1)),
        of={
            Process.WEB: Patience(
                statement=number("DATABASE_STATEMENT_SECONDS", web.statement, 0, LONGEST),
                lock=number("DATABASE_LOCK_SECONDS", web.lock, 0, LONGEST),
                idle=number("DATABASE_IDLE_SECONDS", web.idle, 0, LONGEST),
            ),
            Process.WORKER: Patience(
                statement=number("WORKER_STATEMENT_SECONDS", work.statement, 0, LONGEST),
                lock=number("WORKER_LOCK_SECONDS", work.lock, 0, LONGEST),
                idle=number("WORKER_IDLE_SECONDS", work.idle, 0, LONGEST),
            ),
        },
    )
