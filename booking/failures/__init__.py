"""What was asked and did not come about: why, of which time and booking, for whoever tells the staff its number."""
