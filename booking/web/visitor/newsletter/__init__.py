"""The newsletter's pages for its readers: to ask for it, to say yes, one's own page, and to leave."""

from booking.web.visitor.newsletter import own, sign_up

__all__ = ["own", "sign_up"]
