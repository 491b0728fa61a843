"""Organizations, users, passwords, tokens."""
