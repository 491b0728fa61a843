"""The one tree of errors, and the words in which they reach people.

AppError                       everything we raise on purpose
├── InvalidInput        422    what was sent cannot be used; a leaf names why
├── Unauthenticated     401    nobody, or no longer anybody
├── NotFound            404    not there, or out of the asker's reach (we do not tell which)
├── Conflict            409    it contradicts what already stands
├── TooManyRequests     429    slow down
├── Unprocessable       422    a recording or transcript that no retry can make usable
└── Transient           503    a passing fault: the one owner of the call may try again

Leaves are declared beside the code that raises them.  Step Functions matches a Lambda's error by its exact class
name, so steps raise leaves only.
"""

from __future__ import annotations

from typing import ClassVar


class AppError(Exception):
    """A failure that we foresaw.

    ``code`` is a stable, machine-readable name, ``http_status`` what the API answers, ``retryable`` whether the same
    call may succeed later.  ``str(error)`` is one sentence for people: what happened and what to do.
    """

    code: ClassVar[str] = "internal_error"
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    sentence: ClassVar[str] = "Something went wrong on our side; try again, and tell an operator if it stays."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.sentence)

    @property
    def detail(self) -> str:
        """Return the sentence for people."""
        return str(self.args[0])


class InvalidInput(AppError):
    """The request cannot be used as it was sent."""

    code = "invalid_input"
    http_status = 422
    sentence = "What was sent cannot be used."


class Unauthenticated(AppError):
    """The caller is not logged in, or no longer."""

    code = "unauthenticated"
    http_status = 401
    sentence = "Log in and send the access token as 'Authorization: Bearer …'."


class NotFound(AppError):
    """There is no such thing within the caller's reach."""

    code = "not_found"
    http_status = 404
    sentence = "There is no such thing, or it is not yours to see."


class Conflict(AppError):
    """The request contradicts what already stands."""

    code = "conflict"
    http_status = 409
    sentence = "The request contradicts what already stands."


class TooManyRequests(AppError):
    """The caller must slow down."""

    code = "too_many_requests"
    http_status = 429
    sentence = "Too many attempts; wait a minute and try again."

    def __init__(self, detail: str | None = None, *, retry_after_s: int = 60) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Unprocessable(AppError):
    """A recording or transcript that no retry can make usable."""

    code = "unprocessable"
    http_status = 422
    sentence = "This file cannot be processed."


class Transient(AppError):
    """A passing fault."""

    code = "temporarily_unavailable"
    http_status = 503
    retryable = True
    sentence = "A service we need did not answer; it is tried again."


def leaves(root: type[AppError] = AppError) -> list[type[AppError]]:
    """Return every error class without subclasses below ``root``, of the modules imported so far."""
    children = root.__subclasses__()
    return [leaf for child in children for leaf in leaves(child)] if children else [root]


def code_of(error: BaseException) -> str:
    """Return what may be logged of an error: our code or its type, for a message may quote what people said."""
    return error.code if isinstance(error, AppError) else type(error).__name__
