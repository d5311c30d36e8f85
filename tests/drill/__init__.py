"""Outages as they are practised: what fails, what somebody then does, and how long until a ticket is sold again.

`python -m tests.drill` runs all of them, each in a house of its own on PostgreSQL; names choose some. The ledger of the
chaos (`tests/chaos`) says whether anything that was acknowledged is missing afterwards.
"""
