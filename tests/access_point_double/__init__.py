"""A stand-in for an access point: takes documents over HTTP in a process of its own, and fails when it is told to."""
