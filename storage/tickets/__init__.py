"""Leave to send or to fetch one file, shared by all web processes."""
