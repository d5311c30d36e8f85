"""The WSGI application: `gunicorn app:app`. It refuses a database that it must not serve. Commands too come by here."""

import os

from booking import create_app
from booking.kernel.server.patience import Process, become
from booking.machines.start import end_unless_fit

if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    become(Process.WEB)
app = create_app()
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":  # the commands bring a database up, or ask by themselves
    end_unless_fit(app)
