"""What is kept: the database, and the files that its rows point to."""
