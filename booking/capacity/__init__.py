"""The heart: slots, what they draw on, the claims on their places."""
