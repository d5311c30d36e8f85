"""Rooms for those who keep the books: invoices."""
