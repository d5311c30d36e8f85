"""Courses for teachers: which there are, places on them, who comes."""
