"""People with an account: who they are, where they belong, where they are signed in."""
