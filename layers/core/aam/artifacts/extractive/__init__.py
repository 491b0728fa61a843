"""The minutes without keys: the transcript's own sentences, sorted into sections by code."""
