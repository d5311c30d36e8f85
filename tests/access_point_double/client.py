"""Start a stand-in in a process of its own and pull its levers from a test."""

from __future__ import annotations

from tests.access_point_double.server import KEY, SECRET
from tests.access_point_double.store import Json
from tests.support.stand_in import StandIn


class AccessPointProcess(StandIn):
    """A running stand-in; `stop` ends it."""

    def __init__(self) -> None:
        super().__init__("tests.access_point_double")

    @property
    def environment(self) -> dict[str, str]:
        """What sets us up to send through it."""
        return {
            "ACCESS_POINT_URL": self.base,
            "ACCESS_POINT_KEY": KEY,
            "ACCESS_POINT_WEBHOOK_SECRET": SECRET,
        }

    def held(self) -> list[Json]:
        """The documents that it has taken."""
        documents: list[Json] = self.pull("held")["data"]
        return documents

    def asked(self, begins: str = "") -> list[str]:
        """What it was asked, oldest first."""
        return [request for request in self.pull("asked")["data"] if request.startswith(begins)]
