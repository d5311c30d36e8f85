"""What administrators set going with a programme that is held at schools."""

from __future__ import annotations

from sqlalchemy import update

from booking.capacity.educators import away_space
from booking.catalogue.models import Activity
from booking.kernel.database import run


def take_out_of_the_house(activity_id: int) -> None:
    """It takes no room here: it belongs to the space that stands for the road. Call inside a unit of work."""
    run(update(Activity).where(Activity.id == activity_id).values(space_id=away_space()))
