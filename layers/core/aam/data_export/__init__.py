"""Export of everything kept of a client, a user, or a participant."""
