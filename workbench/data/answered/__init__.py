"""Answers put into the file that they were asked of: new columns, and nothing else is touched."""
