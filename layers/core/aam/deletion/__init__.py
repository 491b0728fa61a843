"""Deletion of meetings: tombstones, legal holds, objects and rows."""
