"""Invoices from before the visit: what may be invoiced then, and what visits are otherwise than these say."""
