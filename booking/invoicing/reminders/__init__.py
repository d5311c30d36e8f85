"""Reminders of invoices that are overdue: when, what they say, what stops them, and who goes to the collector."""
