"""The clients that an organization meets."""
