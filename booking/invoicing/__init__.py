"""Invoices: what is claimed, the documents that claim it, and the money that comes in on them."""
