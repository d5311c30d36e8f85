"""Who works here: accounts, sign-in, roles, and the log of what they changed."""
