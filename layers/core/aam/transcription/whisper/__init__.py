"""Whisper, offline: speech recognition in many languages by a model that lies in a folder."""
