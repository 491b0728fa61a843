"""Ages: how long each class of data is kept and for which client or type, and what is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from aam.clients.models import Client
from aam.deletion.errors import UnknownScope
from aam.foundation.clock import new_id
from aam.identity.models import Organization
from aam.meetings.models import MeetingType
from aam.retention.errors import AgesContradict
from aam.retention.models import DataClass, RetentionRule
from aam.retention.policy import Policy
from aam.retention.schemas import KeepRequest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Subject = tuple[UUID, UUID | None, UUID | None]
"""Organization, client, type of meeting."""


@dataclass(frozen=True)
class Ages:
    """The rules, and the policy's defaults behind them."""

    rules: dict[tuple[Subject, DataClass], int]
    policy: Policy

    def days(self, of: Subject, data_class: DataClass) -> int | None:
        """Return the age (days) set for a class: by client and type, client, type, organization, or for all."""
        organization, client, kind = of
        for subject in (of, (organization, client, None), (organization, None, kind), (organization, None, None)):
            if (subject, data_class) in self.rules:
                return self.rules[subject, data_class]
        return self.policy.classes[data_class].days

    def kept(self, of: Subject, data_class: DataClass) -> int | None:
        """Return the effective age (days) of a class, or None for ever.

        Minutes go with the transcript that they quote, whatever a less particular rule says of them.
        """
        days = self.days(of, data_class)
        if data_class is DataClass.ARTIFACTS:
            transcript = self.days(of, DataClass.TRANSCRIPT)
            days = min((each for each in (days, transcript) if each is not None), default=None)
        return days

    def over(self, of: Subject, data_class: DataClass, since: datetime, now: datetime) -> int | None:
        """Return the age in days that something from ``since`` has passed, or None while it is kept."""
        days = self.kept(of, data_class)
        return days if days is not None and since + timedelta(days=days) <= now else None

    def tier(self, of: Subject, data_class: DataClass) -> str | None:
        """Return the tag's value of a class whose age the bucket keeps by itself."""
        return self.policy.tiers.named(self.kept(of, data_class))

    def concern(self, of: Subject) -> bool:
        """Return whether this organization's objects may have a tag: one of its ages, or the policy's, is a tier."""
        tiers = self.policy.tiers
        return of[0] in self.organizations or any(tiers.named(rule.days) for rule in self.policy.classes.values())

    @cached_property
    def organizations(self) -> frozenset[UUID]:
        """Return those that have an age of their own which is a tier."""
        return frozenset(subject[0] for (subject, _), days in self.rules.items() if self.policy.tiers.named(days))

    @property
    def anything_ends(self) -> bool:
        """Return whether any class has an age at all."""
        return bool(self.rules) or any(rule.days is not None for rule in self.policy.classes.values())


def load_ages(session: Session, policy: Policy) -> Ages:
    """Return every rule of every organization."""
    rows = session.execute(
        select(
            RetentionRule.organization_id,
            RetentionRule.client_id,
            RetentionRule.meeting_type_id,
            RetentionRule.data_class,
            RetentionRule.days,
        )
    )
    return Ages({((row[0], row[1], row[2]), DataClass(row[3])): row[4] for row in rows}, policy)


def check(session: Session, asked: KeepRequest, *, policy: Policy) -> Subject:
    """Return the subject that an age is set for; raises UnknownScope, AgesContradict."""
    if session.get(Organization, asked.organization_id) is None:
        raise UnknownScope
    if asked.client_id is not None:
        client = session.get(Client, asked.client_id)
        if client is None or client.organization_id != asked.organization_id:
            raise UnknownScope
    kind = None
    if asked.meeting_type is not None:
        kind = session.scalar(
            select(MeetingType.id).where(
                MeetingType.organization_id == asked.organization_id, MeetingType.key == asked.meeting_type
            )
        )
        if kind is None:
            raise UnknownScope
    of: Subject = (asked.organization_id, asked.client_id, kind)
    if asked.days is not None and asked.data_class is DataClass.ARTIFACTS:
        transcript = load_ages(session, policy).days(of, DataClass.TRANSCRIPT)
        if transcript is not None and asked.days > transcript:
            raise AgesContradict
    return of


def keep(session: Session, asked: KeepRequest, *, policy: Policy) -> None:
    """Set one age, or take it back; raises UnknownScope, AgesContradict."""
    of = check(session, asked, policy=policy)
    if asked.days is None:
        session.execute(
            delete(RetentionRule).where(
                RetentionRule.organization_id == of[0],
                RetentionRule.client_id.is_not_distinct_from(of[1]),
                RetentionRule.meeting_type_id.is_not_distinct_from(of[2]),
                RetentionRule.data_class == asked.data_class,
            )
        )
        return
    values = {"organization_id": of[0], "client_id": of[1], "meeting_type_id": of[2], "data_class": asked.data_class}
    session.execute(
        insert(RetentionRule)
        .values(id=new_id(), days=asked.days, **values)
        .on_conflict_do_update(
            index_elements=["organization_id", "client_id", "meeting_type_id", "data_class"],
            set_={"days": asked.days},
        )
    )
