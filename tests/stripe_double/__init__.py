"""A stand-in for Stripe: a process of its own, spoken to over HTTP by the real SDK. `make stripe-double` starts it."""
