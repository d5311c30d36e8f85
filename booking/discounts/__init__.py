"""Discounts: campaigns and their codes, what they take off the tickets of an order, and how often they were used."""
