"""A stand-in for Google's wallet in a process of its own: it hears who shows the right key, and nobody else."""
