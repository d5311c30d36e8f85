"""Programmes that are held at the school."""
