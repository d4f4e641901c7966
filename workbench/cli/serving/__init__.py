"""Commands on the model server."""
