"""Gift cards as staff read of them: one card, lists of them, and what is outstanding on all."""
