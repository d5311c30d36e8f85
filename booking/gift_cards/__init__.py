"""Gift cards: what is on each, who has it on hold, what of it is spent, comes back and runs out."""
