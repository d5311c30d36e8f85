"""What everything stands on: the clock, money, codes, the database, refusals. Nothing of ours is imported here."""
