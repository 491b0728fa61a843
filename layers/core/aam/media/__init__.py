"""Probing recordings and extracting their audio."""
