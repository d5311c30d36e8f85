"""What the machines that serve one database agree on: its shape, the key, whose turn it is at a start, who is ready."""
