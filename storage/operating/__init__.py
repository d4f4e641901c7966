"""How the installation is run for several people: settings, and whose turn it is."""
