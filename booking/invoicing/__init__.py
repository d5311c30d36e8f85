"""Invoices: what is receivable, the documents that ask for it, and the money that comes in on them."""
