"""How far projects are."""
