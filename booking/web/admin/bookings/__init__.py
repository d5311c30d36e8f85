"""Bookings and money: parties, visits, courses, release days, schools, letters, reports."""
