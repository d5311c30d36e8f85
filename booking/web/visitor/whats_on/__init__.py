"""What is on beside entry: all of it in order of time, a page for each, and the way from there to tickets."""

from booking.web.visitor.whats_on import event, listing, with_show

__all__ = ["event", "listing", "with_show"]
