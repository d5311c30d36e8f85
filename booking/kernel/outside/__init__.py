"""What is asked of servers of others: how an answer is read that nobody here has written."""
