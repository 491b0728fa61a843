"""Diagnosis for operators: what happened, what stands in the way, and what to do about it; retry and restore."""
