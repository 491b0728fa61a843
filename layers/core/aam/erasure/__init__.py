"""Erasure: erase everything of one client, meeting, user or participant, and certify it."""
