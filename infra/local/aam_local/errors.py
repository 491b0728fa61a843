"""What a person at the command line is told when something cannot go on."""


class UserError(Exception):
    """One sentence that says what happened and what to do; the command line prints it and exits with 1."""
