"""Retention: ages of every kind of data, and cleanups that delete what is past them."""
