"""What people say of models: blind tests and their votes."""
