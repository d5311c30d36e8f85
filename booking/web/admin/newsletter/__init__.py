"""The newsletter's office: issues, their blocks, who reads them, what they are about, what comes back."""

from booking.web.admin.newsletter import blocks, issues, readers, refusals, returned, topics

__all__ = ["blocks", "issues", "readers", "refusals", "returned", "topics"]
