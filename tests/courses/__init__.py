"""Teacher courses and programmes held at schools."""
