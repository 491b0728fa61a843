"""The last step: the run ends, the meeting waits for review."""

from pydantic import BaseModel

from aam.pipeline import runs
from aam.pipeline.models import Stage
from aam.pipeline.steps import Step, step_handler


class Finished(BaseModel):
    """Nothing more to say."""

    finished: bool = True


@step_handler(Stage.FINISH)
def handler(step: Step) -> Finished:
    """End the run."""
    with step.open_statements() as session:
        runs.end_succeeded(session, run_id=step.run.run_id, now=step.clock())
    return Finished()
