"""How annual passes say no."""

from __future__ import annotations

from booking.kernel.refusals import Refusal


class PassNotSold(Refusal):
    """No pass of this kind is sold any more."""


class OddHolders(Refusal):
    """Names that are missing, or more people than a pass of its kind is for."""
