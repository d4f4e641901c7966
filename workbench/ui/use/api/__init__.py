"""How other programs get answers: the pieces of their page."""
