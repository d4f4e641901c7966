"""Commands on people with an account."""
