"""Instructions tried on a model before any training."""
