"""Transcripts: engines, imports, exports."""
