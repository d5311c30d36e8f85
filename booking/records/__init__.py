"""Who did what to what: the log, and rows that are never written without it."""
