"""Pages for staff: signing in, one's account, the people, the log, how things stand, mails kept as files."""

from __future__ import annotations

from booking.web.blueprints import staff
from booking.web.staff import account, log, mail, passkey, people, refusals, removing, sign_in, start

__all__ = ["account", "log", "mail", "passkey", "people", "refusals", "removing", "sign_in", "staff", "start"]
