"""People judge models without knowing whose answers they read."""
