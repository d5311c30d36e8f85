"""What is signed with a moment, a session, a form's token, a plan, a link, is as old as the shared clock says."""

from __future__ import annotations

from typing import Any

from itsdangerous import SignatureExpired, TimestampSigner
from itsdangerous.timed import TimedSerializer

from booking.kernel import clock


class ClockSigner(TimestampSigner):
    """Signs by our clock. The library's asks the machine's, and refuses what one that is ahead has signed as expired.

    What seems to come from the future is of ours all the same: from before somebody put the clock back.
    """

    def get_timestamp(self) -> int:
        """The library's hook: seconds since 1970."""
        return int(clock.now().timestamp())

    def unsign(  # type: ignore[override]
        self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False
    ) -> Any:  # noqa: ANN401
        """What was signed, if it is ours and no older than `max_age` seconds. Raises BadSignature."""
        value, at = super().unsign(signed_value, return_timestamp=True)
        age = self.get_timestamp() - int(at.timestamp())
        if max_age is not None and age > max_age:
            raise SignatureExpired(f"signed {age} seconds ago", payload=value, date_signed=at)
        return (value, at) if return_timestamp else value


def seal_by_our_clock() -> None:
    """Have all that is signed with a moment in this process, by whatever library, signed and read by our clock."""
    TimedSerializer.default_signer = ClockSigner
