"""The last step: the artifacts are kept, the run ends, the meeting waits for review."""

import aam.vendor_limits.errors  # noqa: F401 - a failure of the second reader can only be named by a leaf that is imported
from aam.artifacts.steps import save_and_finish
from aam.pipeline.models import Stage
from aam.pipeline.steps import step_handler

handler = step_handler(Stage.FINISH)(save_and_finish)
