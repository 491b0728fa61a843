"""Backups of the database and of objects, and the way back."""
