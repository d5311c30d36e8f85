"""For the staff themselves: health, the log's words, one person's data."""
