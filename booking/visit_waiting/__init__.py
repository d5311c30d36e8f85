"""The waiting list of schools, and who is asked next."""
