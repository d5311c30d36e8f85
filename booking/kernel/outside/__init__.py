"""What comes from outside: answers of servers of others, and files that somebody has brought."""
