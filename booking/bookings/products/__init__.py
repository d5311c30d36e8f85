"""What a booking buys that is no places: baskets without a time, paid like any other."""
