"""What can be attended and what it costs: activities, ticket types, prices."""
