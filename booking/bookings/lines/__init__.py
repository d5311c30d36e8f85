"""What an order is made of: picks, priced lines, and passes, which are a line for each day of a festival."""
