"""Use cases: what holds for all of an organization's meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from aam.identity.models import Organization
from aam.identity.schemas import Caller
from aam.identity.service import require_organization_owner
from aam.meetings.speech import SpeechOptions, UnsupportedOption, speech_models

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def read_speech(session: Session, *, caller: Caller) -> SpeechOptions:
    """Return the organization's options of speech recognition, which meeting types and meetings may override."""
    kept = session.scalar(select(Organization.speech).where(Organization.id == caller.organization_id))
    return SpeechOptions.model_validate(kept or {})


def set_speech(session: Session, options: SpeechOptions, *, caller: Caller) -> None:
    """Replace them.  Raises OrganizationOwnerOnly; UnsupportedOption for a model that is none.

    Whether a language's model has the other options is looked at for each meeting.
    """
    require_organization_owner(session, caller=caller)
    if options.model is not None and speech_models().named(options.model) is None:
        known = ", ".join(model.name for model in speech_models().models)
        raise UnsupportedOption(f"speech.model: there is no model {options.model!r}; choose of {known}.")
    session.execute(
        update(Organization)
        .where(Organization.id == caller.organization_id)
        .values(speech=options.model_dump(mode="json", exclude_none=True))
    )
