"""Receipts: one for each payment and each refund, numbered by year without gaps, and the same bytes for good."""
