"""What keeps the home private and whole: modes, damage, and which databases it belongs to."""
