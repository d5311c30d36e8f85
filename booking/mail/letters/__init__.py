"""The writers of letters, by what they are about."""
