"""Assist After Meeting: our own code, one package per bounded context."""
