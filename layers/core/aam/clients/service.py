"""Use cases: add and list clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aam.clients.models import Client
from aam.clients.schemas import ClientView, NewClient
from aam.foundation.clock import new_id
from aam.foundation.pagination import Page, PageQuery, read_page
from aam.identity.schemas import Caller

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def add_client(session: Session, new: NewClient, *, caller: Caller) -> ClientView:
    """Add a client to the caller's organization."""
    client = Client(
        id=new_id(),
        organization_id=caller.organization_id,
        created_by=caller.user_id,
        name=new.name,
        notes=new.notes,
    )
    session.add(client)
    session.flush()
    return ClientView.model_validate(client)


def list_clients(session: Session, page: PageQuery, *, caller: Caller) -> Page[ClientView]:
    """Return the organization's clients, newest first; raises BadCursor."""
    return read_page(session, Client, ClientView, page, organization_id=caller.organization_id)
