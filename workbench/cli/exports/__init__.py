"""Commands that take a trained model elsewhere."""
