"""Flask extensions, made here and joined to the app in `create_app`. The database lives in kernel.database."""

from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_wtf import CSRFProtect

from booking.web.guards.network import here

babel = Babel()
compress = Compress()
csrf = CSRFProtect()
limiter = Limiter(here, headers_enabled=True, strategy="fixed-window")
