"""Contests: what the centre asks of whoever enters one, and who has entered, as teams or alone."""
