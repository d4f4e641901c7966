"""A model that judges answers, on the Evaluate page."""
