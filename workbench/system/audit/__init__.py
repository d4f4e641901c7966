"""The audit log as people see it: who may, search, proof, and a file of it."""
