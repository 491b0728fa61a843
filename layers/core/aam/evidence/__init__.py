"""Checking every quote against the transcript."""
