"""Error leaves of all stages: a failure can only be named by a leaf that is imported."""

import aam.artifacts.errors
import aam.media.errors
import aam.transcription.errors  # noqa: F401 - see above
