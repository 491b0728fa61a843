"""Sections, drafts and published artifacts."""
