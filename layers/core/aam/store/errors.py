"""Reasons why nothing may be deleted in a bucket."""

from __future__ import annotations

from aam.foundation.errors import Conflict


class WrongStore(Conflict):
    """The bucket belongs to another database."""

    code = "wrong_store"
    sentence = "This bucket belongs to another database; find out which of the two is wrong. Nothing was deleted."


class StoreNotAdopted(Conflict):
    """The bucket does not say whose it is, and holds objects that this database does not know."""

    code = "store_not_adopted"
    sentence = (
        "This bucket carries no id and holds nothing that this database knows; adopt it with "
        "'aam cleanup --adopt' if they belong together. Nothing was deleted."
    )


class RestoreNotReconciled(Conflict):
    """The database was restored, and not yet reconciled with the objects."""

    code = "restore_not_reconciled"
    sentence = (
        "The database was restored and may not know what arrived later; run 'aam restore reconcile' first. "
        "Nothing was deleted."
    )
