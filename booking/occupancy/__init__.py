"""What staff see of bookings: how full the house is, which days, who, and how far a new house has come."""
