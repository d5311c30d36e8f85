"""Discounts: campaigns, codes, the best of them for an order, and how often they may be used."""
