"""Who may ask the model server: programs of this machine that know its key."""
