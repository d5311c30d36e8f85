"""Tables that people bring: read, checked whole, their effect foreseen, then taken in."""
