"""Release days: when which sessions open, to whom, and how they are shared out."""
