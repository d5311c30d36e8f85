"""The WSGI application: `gunicorn app:app`."""

from booking import create_app

app = create_app()
