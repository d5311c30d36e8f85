"""What runs beside the pages: the worker, the night's upkeep, the check of the books, copies and their way back."""
