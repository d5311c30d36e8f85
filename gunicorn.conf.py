"""What `gunicorn app:app` is told, wherever it is started here; the command line goes before it.

Threads, time-outs and silence are those of `python -m booking.serve`. Settings that are wrong are said once, by the
first process, and not by each that it would fork for ever.
"""

from booking.machines.draining import linger
from booking.serve import count_together, serving_options
from booking.settings import Settings, SettingsError

try:
    _settings = Settings.from_environment()
except SettingsError as error:
    raise SystemExit("\n".join(error.mistakes)) from None
count_together()
globals().update(serving_options(_settings))


def when_ready(_server: object) -> None:
    """A server of several says that it ends before it does (DRAIN_SECONDS)."""
    linger(_settings.drain)
