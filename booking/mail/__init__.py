"""What each message says, and the sending of it."""
