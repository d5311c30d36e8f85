"""The picture of the house, which the front page shows."""

from __future__ import annotations

from booking.centre.edits import CENTRE
from booking.centre.models import Centre
from booking.pictures.keeping import PictureHolder

THE_HOUSE = PictureHolder(Centre, CENTRE)
