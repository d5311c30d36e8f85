"""Tests of booking.schools."""
