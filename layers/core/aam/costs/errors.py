"""Errors of costs and budgets."""

from __future__ import annotations

from aam.foundation.errors import InvalidInput, NotFound


class OrganizationNotFound(NotFound):
    """No organization has this id or name."""

    code = "organization_not_found"
    sentence = "There is no such organization; 'aam cost' lists them with their ids."


class OrganizationAmbiguous(InvalidInput):
    """More than one organization is meant, or none was named while there are several."""

    code = "organization_ambiguous"
    sentence = "Several organizations could be meant; give the id of one, as 'aam cost' lists them."
