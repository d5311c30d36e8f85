"""What stands before every page: who may, from where, how often, how much."""
