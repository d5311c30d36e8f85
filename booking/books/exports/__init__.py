"""A closed month as files for accounting systems: one writer each, balanced, the same bytes each time."""
