"""Pages of the journal: its months and files, the accounts, the provider's payouts."""
