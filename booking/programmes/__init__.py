"""What schools can book: the programmes, and their sessions with what is free."""
