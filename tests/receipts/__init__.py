"""Receipts: their numbers, what they say, and that they stay the same."""
