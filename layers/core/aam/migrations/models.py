"""Every table, gathered for Alembic."""

from aam.artifacts import models as _artifacts
from aam.audit import models as _audit
from aam.clients import models as _clients
from aam.costs import models as _costs
from aam.deletion import models as _deletion
from aam.erasure import models as _erasure
from aam.foundation.tables import Base
from aam.identity import models as _identity
from aam.meetings import models as _meetings
from aam.pipeline import models as _pipeline
from aam.retention import models as _retention
from aam.store import models as _store
from aam.transcription import models as _transcription
from aam.uploads import models as _uploads

CONTEXTS = (
    _identity,
    _clients,
    _meetings,
    _uploads,
    _store,
    _costs,
    _pipeline,
    _transcription,
    _artifacts,
    _deletion,
    _retention,
    _erasure,
    _audit,
)
metadata = Base.metadata
