"""Long lists as files, written by the worker in steps."""
