"""The tests are tested: faults of the kind that a tired colleague makes, one at a time, each caught by name."""
