"""Erasure: everything of one client, meeting, user or participant goes, and a certificate says so."""
