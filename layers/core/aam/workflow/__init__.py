"""Workflow: start, resume, fail, settle and sweep runs; the only context that knows all stages."""
