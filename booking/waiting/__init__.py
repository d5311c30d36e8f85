"""Waiting lists: of tickets, and how any line is served."""
