"""Passes for phones' wallets."""
