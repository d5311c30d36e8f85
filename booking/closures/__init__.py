"""Closing a day, some hours or one slot: sale stops, everybody hit is written to and chooses a new time or money."""
