"""A class's visit, from the booking of a plan to the question afterwards."""
