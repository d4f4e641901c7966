"""What is live, what was, and what has to come out right before that."""
