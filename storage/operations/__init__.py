"""What those who run an installation look at: counts, settings, who asked for what."""
