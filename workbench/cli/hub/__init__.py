"""Commands that speak with the hub."""
