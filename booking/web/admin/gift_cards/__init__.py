"""Gift cards for staff: found again, how each stands, what the office does with one, and handing one over."""
