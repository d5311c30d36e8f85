"""What one buyer orders, from hold to cancellation."""
