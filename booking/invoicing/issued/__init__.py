"""What was issued, found again: by where it stands, its payer, its number and its day."""
