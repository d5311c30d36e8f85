"""A release day for teachers: when it opens, and their own wish."""
