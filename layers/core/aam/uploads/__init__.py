"""Presigned uploads and the objects that they leave."""
