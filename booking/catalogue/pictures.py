"""Whose picture is whose among the activities."""

from __future__ import annotations

from booking.catalogue.models import Activity
from booking.pictures.keeping import PictureHolder


def of_activity(activity_id: int) -> PictureHolder:
    """What holds the picture of an activity."""
    return PictureHolder(Activity, activity_id)
