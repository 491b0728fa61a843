"""Keys and the subjects that they name."""

from uuid import uuid4

from aam.pipeline.schemas import RunInput
from aam.uploads.subject import Place, Subject, place_of


def test_place_of_a_key_is_its_subject_its_run_and_the_rest() -> None:
    meeting, run = uuid4(), uuid4()
    subject = Subject(meeting)
    assert place_of(subject.derived(run, "interactions/1.json")) == Place(subject, run, "interactions/1.json")
    assert place_of(subject.uploaded("a/b.mp3")) == Place(subject, None, "a/b.mp3")
    assert place_of(f"temp/exports/{meeting}/1.zip").meeting_id == meeting


def test_keys_without_an_id_have_no_subject() -> None:
    for key in (f"meetings/{str(uuid4()).upper()}/a", "meetings/x/a", "reports/1"):
        assert place_of(key).meeting_id is None


def test_objects_of_a_run_lie_under_a_prefix_of_its_subject() -> None:
    run = RunInput(run_id=uuid4(), meeting_id=uuid4(), organization_id=uuid4(), upload_id=uuid4(), correlation_id="c")
    assert run.derived("context.json").startswith(run.subject.prefixes)
    assert place_of(run.derived("context.json")).run_id == run.run_id
