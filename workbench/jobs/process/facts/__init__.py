"""What a process tells of itself, its machine and its files."""
