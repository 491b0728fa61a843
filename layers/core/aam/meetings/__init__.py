"""Meetings, their types, scenarios, participants and viewers."""
