"""Programs that ask the model server: their keys."""
