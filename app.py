"""The WSGI application: `gunicorn app:app`. Commands (`flask --app app …`) come by here too."""

import os

from booking import create_app
from booking.kernel.server.patience import Process, become

if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    become(Process.WEB)
app = create_app()
