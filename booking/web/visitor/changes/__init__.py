"""The page of a change: what can be had instead, what each day and time comes to, and what a press would mean."""
