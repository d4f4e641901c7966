"""What was entered on pages and is not saved yet."""
