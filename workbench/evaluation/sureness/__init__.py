"""How sure a model must be to answer alone."""
