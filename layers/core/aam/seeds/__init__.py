"""Reviewed configuration that ships with the code: sections, scenarios, meeting types and prompts."""
