"""Out-of-scope texts: those that belong to none of the categories that a classifier has learned."""
