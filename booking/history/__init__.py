"""Everything that ever happened, in words."""
