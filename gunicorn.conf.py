"""What `gunicorn app:app` takes by itself: the threads, time-outs and silence of `python -m booking.serve`."""

from booking.serve import serving_options
from booking.settings import Settings

globals().update(serving_options(Settings.from_environment()))
