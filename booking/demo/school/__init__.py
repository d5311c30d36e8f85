"""What schools do at the demo centre: who they are, what they have booked, and what they wish for."""
