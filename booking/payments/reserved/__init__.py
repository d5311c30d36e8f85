"""Money that a buyer has approved and that is only reserved: taken by the outbox, or let go of."""
