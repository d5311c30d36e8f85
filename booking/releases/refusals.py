"""How the rules of a release day say no to those who set them."""

from __future__ import annotations

from booking.kernel.refusals import Refusal


class NotDraft(Refusal):
    """Its rules have been told to everybody: they stand."""


class Overlaps(Refusal):
    """One of its programmes is part of another release on some of these dates."""


class NothingReleased(Refusal):
    """None of its programmes has a session on these dates."""


class OpensInThePast(Refusal):
    """Published now, it would be open already."""


class InTheMiddle(Refusal):
    """People stand in line for it at this moment."""
