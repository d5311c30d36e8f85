"""The database's server: how it is reached, how long it is waited for, and in which way it may be away."""
