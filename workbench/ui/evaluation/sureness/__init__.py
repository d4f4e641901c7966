"""How sure a model is, and how sure is sure enough."""
