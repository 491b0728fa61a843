"""The branches that outside services serve, with both of them on the loopback."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aam.artifacts.catalogue import load_catalogue
from aam_fakes.deepgram import listen_reply
from aam_fakes.openai_audio import SAID as HEARD
from aam_fakes.openai_audio import OpenAIAudioFake
from aam_fakes.openai_replies import completion
from aam_fakes.scripted_server import FakeServer, Reply, scripted_server, served
from tests.support.recordings import cut
from tests.support.stack import CHECKOUT, Person, Stack

KEY = "a-key-of-the-tests"
STAGES = ["verify_evidence", "confirm_meaning", "finish"]
SAID = listen_reply((0, 0.1, 2.1, "We decided to move the release to Monday."), (1, 2.5, 4.0, "Fine by me, Helen."))
QUOTE = "decided to move the release to Monday"
READ = {"verdicts": [{"item": 1, "reason": "", "verdict": "supported"}]}
REFUSED = Reply(401, {"err_code": "INVALID_AUTH", "err_msg": "no", "error": {"message": "no"}})


def minutes() -> dict[str, Any]:
    """What the model answers: one decision with one quote, and one that nobody said."""
    kinds = [section.kind for section in load_catalogue().scenario("stand-up").sections]
    said = {"text": "The release moves to Monday.", "priority": "high", "quotes": [{"quote": QUOTE, "utterance": 1}]}
    invented = {**said, "quotes": [{"quote": "we will all get a raise", "utterance": 2}]}
    return {kind: [said, invented] if kind == "decisions" else [] for kind in kinds}


@contextlib.contextmanager
def changed(stack: Stack, function: str, **variables: str) -> Iterator[None]:
    """A function with other settings, until the end; a new configuration means new workers."""
    functions, name = stack.aws("lambda"), stack.functions[function]
    before = functions.get_function_configuration(FunctionName=name)["Environment"]
    after = {"Variables": {**before["Variables"], **variables}}
    functions.update_function_configuration(FunctionName=name, Environment=after)
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment=before)


@pytest.fixture(scope="module")
def vendors(stack: Stack) -> Iterator[tuple[FakeServer, FakeServer]]:
    """Deepgram and OpenAI as the functions are told to find them, with keys in the secret."""
    secrets, arn = stack.aws("secretsmanager"), stack.state.outputs["VendorKeysSecretArn"]
    before = secrets.get_secret_value(SecretId=arn)["SecretString"]
    with contextlib.ExitStack() as done:
        deepgram, openai = (done.enter_context(scripted_server()) for _ in range(2))
        secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({"deepgram": KEY, "openai": KEY}))
        done.callback(secrets.put_secret_value, SecretId=arn, SecretString=before)
        done.enter_context(changed(stack, "ExtractAudioFunction", TRANSCRIPTION_ENGINE="deepgram"))
        done.enter_context(changed(stack, "TranscriptionWorkerFunction", DEEPGRAM_BASE_URL=deepgram.url))
        openai_settings = {"OPENAI_BASE_URL": f"{openai.url}/v1", "ARTIFACTS_ENGINE": "openai"}
        done.enter_context(changed(stack, "ArtifactsWorkerFunction", **openai_settings))
        yield deepgram, openai


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of the sample."""
    file = tmp_path_factory.mktemp("clip") / "clip.wav"
    file.write_bytes(cut((CHECKOUT / "infra" / "sample" / "standup.ogg").read_bytes(), seconds=5))
    return file


def test_deepgram_hears_and_openai_writes(person: Person, vendors: tuple[FakeServer, FakeServer], clip: Path) -> None:
    deepgram, openai = vendors
    deepgram.script, openai.script = [Reply(body=SAID)], [completion(minutes()), completion(READ)]
    meeting, _ = person.process(clip, language="de", people=("Helen",))
    assert meeting["status"] == "review", meeting["errors"]
    transcript = person.api.call("GET", f"/meetings/{meeting['id']}/transcript")
    assert transcript["engine"] == "deepgram"
    assert transcript["label"] is None
    artifacts = person.api.call("GET", f"/meetings/{meeting['id']}/artifacts")
    assert artifacts["engine"] == "openai"
    (decisions,) = [section for section in artifacts["document"]["sections"] if section["kind"] == "decisions"]
    assert [item["quotes"][0]["quote"] for item in decisions["items"]] == [f"{QUOTE}."]
    assert [item["support"] for item in decisions["items"]] == ["supported"], "the second reader says so"
    assert (artifacts["supported_count"], artifacts["quoted_count"], artifacts["unsupported_count"]) == (1, 0, 1)
    assert artifacts["document"]["second_reader"]["outcome"] == "ok"
    assert [timing["stage"] for timing in meeting["timings"]["stages"]][-3:] == STAGES
    assert len(decisions["unsupported"]) == 1, "what nobody said stands apart"
    calls = "SELECT purpose, is_final FROM llm_interactions WHERE meeting_id = %s ORDER BY ordinal"
    assert person.stack.rows(calls, meeting["id"]) == [("map", True), ("read", True)]
    assert deepgram.asked[0].headers["authorization"].endswith(KEY)
    assert len(deepgram.asked[0].body) > 1000, "the sound itself was streamed"


def test_a_second_reader_that_fails_leaves_the_minutes_and_the_run_says_why(
    person: Person, vendors: tuple[FakeServer, FakeServer], clip: Path
) -> None:
    deepgram, openai = vendors
    deepgram.script, openai.script = [Reply(body=SAID)], [completion(minutes()), REFUSED]
    meeting, _ = person.process(clip)
    assert meeting["status"] == "review"
    ((stage, code, is_read),) = [(e["stage"], e["code"], e["is_read"]) for e in meeting["errors"]]
    assert (stage, code, is_read) == ("confirm_meaning", "second_reader_failed", True)
    artifacts = person.api.call("GET", f"/meetings/{meeting['id']}/artifacts")
    assert (artifacts["supported_count"], artifacts["quoted_count"], artifacts["unsupported_count"]) == (0, 1, 1)
    assert artifacts["document"]["second_reader"]["outcome"] == "model_credentials_refused"
    page = person.api.fetch("GET", f"/meetings/{meeting['id']}/artifacts?format=md").decode()
    assert "quoted, meaning not confirmed: read the quote" in page


@pytest.mark.parametrize("who", ["deepgram", "openai"])
def test_a_refused_key_fails_the_run_at_once_by_name(
    person: Person, vendors: tuple[FakeServer, FakeServer], clip: Path, who: str
) -> None:
    deepgram, openai = vendors
    deepgram.script = [REFUSED if who == "deepgram" else Reply(body=SAID)]
    openai.script = [REFUSED]
    meeting, _ = person.process(clip)
    assert meeting["status"] == "failed"
    code = "engine_credentials_refused" if who == "deepgram" else "model_credentials_refused"
    assert [error["code"] for error in meeting["errors"]] == [code]
    assert KEY not in json.dumps(meeting)


def test_a_server_of_ones_own_hears_and_its_minutes_are_paid_once(
    stack: Stack, person: Person, clip: Path, vendors: tuple[FakeServer, FakeServer]
) -> None:
    _, openai = vendors
    openai.script = [completion(minutes()), completion(READ)]
    with contextlib.ExitStack() as done:
        server = done.enter_context(served(OpenAIAudioFake()))
        settings = {"OPENAI_AUDIO_BASE_URL": f"{server.url}/v1", "OPENAI_AUDIO_MODEL": "whisper-large"}
        done.enter_context(changed(stack, "ExtractAudioFunction", TRANSCRIPTION_ENGINE="openai_audio"))
        done.enter_context(changed(stack, "TranscriptionWorkerFunction", **settings))
        meeting, _ = person.process(clip, people=("Helen",))
        assert meeting["status"] == "review", meeting["errors"]
        transcript = person.api.call("GET", f"/meetings/{meeting['id']}/transcript")
        assert (transcript["engine"], transcript["label"]) == ("openai_audio", "draft, whisper-large")
        assert (
            " ".join(utterance["text"] for utterance in transcript["utterances"] if utterance["channel"] == 0) == HEARD
        )
        spoken = {utterance["channel"] for utterance in transcript["utterances"]}
        assert len(server.forms) == len(spoken), "each channel with sound is asked for once"
        assert server.asked[0].headers["authorization"] == "Bearer none", "no key goes where it does not belong"
        assert server.objections == []
        costs = "SELECT model, amount_usd FROM cost_entries WHERE run_id = %s AND kind = 'actual' AND vendor = %s"
        assert stack.rows(costs, meeting["run_id"], "openai_audio") == [("whisper-large", None)], "unknown, not nothing"
