"""The door: who comes now, letting them in, who is in the house."""
