"""The migrations, oldest first by their links."""
