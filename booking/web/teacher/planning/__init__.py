"""Planning a visit: groups that are too large, the days that fit a whole wish."""
