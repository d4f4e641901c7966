"""The parts of the Checkup page."""
