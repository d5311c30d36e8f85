"""A primary with a synchronous standby, as one database of two hosts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.chaos.stores import LASTING
from tests.outages.cluster import Cluster, cluster, standby_of
from tests.outages.waiting import wait_until

SYNCHRONOUS = "SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"


class Pair:
    """The application is given both addresses, and goes to the one that writes."""

    name = "postgresql"

    def __init__(self, primary: Cluster, standby: Cluster) -> None:
        self.primary, self.standby = primary, standby
        hosts = f"host=127.0.0.1:{primary.port}&host=127.0.0.1:{standby.port}"
        self.address = f"postgresql+psycopg://bestill@/bestill?{hosts}&target_session_attrs=read-write"

    def promote(self) -> None:
        """The standby writes from now on."""
        self.standby.ask("SELECT pg_promote()")

    def go_alone(self) -> None:
        """The primary waits for no standby any more."""
        self.primary.ask("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.primary.ask("SELECT pg_reload_conf()")

    def kill(self, dice: Random) -> bool:
        """The whole primary."""
        self.primary.kill()
        return True

    def freeze(self) -> None:
        """The primary stands still."""
        self.primary.freeze()

    def thaw(self) -> None:
        """It goes on."""
        self.primary.thaw()

    def stop(self) -> bool:
        """The primary is shut down."""
        self.primary.stop()
        return True

    def start(self) -> None:
        """The primary is there again."""
        self.primary.start()


@contextmanager
def a_pair() -> Iterator[Pair]:
    """Both run, and nothing counts as committed before both have it."""
    with cluster(*LASTING) as primary, standby_of(primary) as standby:
        primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.ask("SELECT pg_reload_conf()")
        wait_until(lambda: primary.ask(SYNCHRONOUS) == [(1,)], "the standby does not follow")
        yield Pair(primary, standby)
