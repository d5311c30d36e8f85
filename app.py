"""The WSGI application: `gunicorn app:app`. It refuses a database that it must not serve."""

import os

from booking import create_app
from booking.machines.start import end_unless_fit

app = create_app()
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":  # the commands bring a database up, or ask by themselves
    end_unless_fit(app)
