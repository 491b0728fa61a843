"""Workflow: what knows all stages of a run: begin it, fail it, and sweep up what was lost or stalled."""
