"""Many questions of one thread in quick succession, asked on one connection of one snapshot."""
