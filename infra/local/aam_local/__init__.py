"""The embedded stack: MiniStack and PostgreSQL from wheels, deploying, and what the emulator leaves out."""
