"""The newsletter as letters: an issue written for one reader, tried by staff, sent, and what comes back."""
