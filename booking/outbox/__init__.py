"""Promised work as rows: written in the transaction that makes the promise, done by the worker."""
