"""The day: how full it is, one slot, closures."""
