"""Flask extensions, made here and joined to the app in `create_app`. The database lives in kernel.database."""

from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect

babel = Babel()
compress = Compress()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, headers_enabled=True, strategy="fixed-window")
