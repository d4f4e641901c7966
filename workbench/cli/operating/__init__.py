"""Commands for an installation that several people use."""
