"""Limits of vendors that are paid per request: concurrency, spacing, and one payment for each task."""
