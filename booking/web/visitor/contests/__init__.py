"""A contest on the public side: who has entered with a booking, put right."""

from booking.web.visitor.contests import entries

__all__ = ["entries"]
