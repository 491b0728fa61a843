"""Errors that a person at the command line sees."""


class UserError(Exception):
    """One sentence that says what happened and what to do; the command line prints it and exits with 1."""
