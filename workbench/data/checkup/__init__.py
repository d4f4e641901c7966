"""What a dataset suffers from: checks that look at its examples, and what would mend it."""
