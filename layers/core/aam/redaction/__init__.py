"""Redaction: find a person's name in rows and texts, and take it out."""
