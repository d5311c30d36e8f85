"""Limits: how many places one keeps, free ones by mail, and who may come together."""
