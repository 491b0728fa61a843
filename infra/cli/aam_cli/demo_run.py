"""Perform the steps of `aam demo`, all through the API."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from aam.transcription.whisper.model import Model
from aam_cli.api_client import Answer, Api
from aam_cli.terminal_safe import plain
from aam_cli.uploading import content_type, upload
from aam_local import speech_model
from aam_local.errors import UserError
from aam_local.files import write_atomically
from aam_local.paths import Home
from aam_local.state import load_state
from aam_local.status import read_status
from aam_local.up import bring_up
from aam_local.vendor_keys import kept_keys

PATIENCE_S = 3 * 3600
STARTS_WITHIN_S = 60
POLL_S = 0.25
OFFLINE_LANGUAGE = "en"
LANGUAGE_UNKNOWN = "the transcript's language was not found in its text; give it as LANGUAGE=uk"
OVER = {"review", "validated", "failed", "cancelled"}
STAGES = {
    "queued": "waiting for its turn",
    "probe": "looking at the file",
    "extract_audio": "extracting the audio",
    "transcribe": "transcribing",
    "write_artifacts": "writing the minutes",
    "verify_evidence": "checking every quote",
    "confirm_meaning": "having a second reader confirm the meaning",
    "finish": "finishing",
}

Tell = Callable[[str], None]


def run_demo(
    home: Home,
    *,
    file: Path,
    language: str | None,
    title: str,
    people: Sequence[tuple[str, str]],
    tell: Tell,
    is_transcript: bool = False,
) -> None:
    """Process one file from upload to minutes; raises UserError with one sentence.

    Without a language a transcript's is found in its text, and a recording's by Whisper; other engines take it for
    English.
    """
    media_type = content_type(file, is_transcript=is_transcript)
    recorded = not is_transcript and not media_type.startswith(("text/", "application/"))
    if recorded and not has_speech_service(home):
        install_whisper(home, tell)
    whisper = chosen_model(home)
    if recorded and language is None:
        finds_language = whisper is not None and not whisper.english_only and not has_speech_service(home)
        language = "detect" if finds_language else OFFLINE_LANGUAGE
    language = language or "detect"
    bring_up(home, tell=tell)
    only_english = not has_speech_service(home) and (whisper is None or whisper.english_only)
    if recorded and language.partition("-")[0] != OFFLINE_LANGUAGE and only_english:
        raise UserError(
            f"The engine that is installed knows English only, not “{language}”; install Whisper with "
            "'.venv/bin/aam engines add whisper', store a key with '.venv/bin/aam keys set deepgram', or bring a "
            "transcript with 'make demo TRANSCRIPT=your-meeting.vtt'."
        )
    url = read_status(home).api_url
    if url is None:
        raise UserError("The stack has no API; run 'aam reset' and try again.")
    api = Api(url)
    folder = home.folder / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # minutes and transcripts are for nobody else
    log_in(api, folder / "user.json", tell)
    meeting_id = make_meeting(api, language=language, title=title, people=people)
    tell(f"made a client and the meeting “{title}”, {meeting_id}")
    try:
        upload_id = upload(
            api, meeting_id, file, media_type, tell=lambda sent, size: tell(f"uploaded {sent:,} of {size:,} bytes")
        )
        meeting = follow(api, meeting_id, tell)
    except KeyboardInterrupt:
        api.try_call("POST", f"/meetings/{meeting_id}/cancel")
        raise UserError("Interrupted: the meeting is cancelled, the stack stays up; 'aam down' stops it.") from None
    if meeting["status"] != "review":
        raise UserError(why_not(meeting))
    if language == "detect" and not recorded:
        found = api.call("GET", f"/uploads/{upload_id}").get("language")
        tell(
            f"the transcript's language, found in its text: {found}" if found not in (None, "und") else LANGUAGE_UNKNOWN
        )
    show(api, meeting, folder, tell)


def has_speech_service(home: Home) -> bool:
    """Return whether recordings go to Deepgram, or to its stand-in."""
    return load_state(home).fakes is not None or bool(kept_keys(home)["deepgram"])


def install_whisper(home: Home, tell: Tell) -> None:
    """Install Whisper where no model is there; where it cannot be had, say so in a line and go on without it."""
    if chosen_model(home) is not None:
        return
    try:
        speech_model.add(home, tell=tell)
    except UserError as error:
        tell(f"going on with PocketSphinx, an English draft, because Whisper could not be installed: {error}")


def chosen_model(home: Home) -> Model | None:
    """Return the model of Whisper that hears recordings; None where there is none."""
    return next((found.model for found in speech_model.installed(home) if found.model is not None), None)


def log_in(api: Api, kept: Path, tell: Tell) -> None:
    """Log in as the demo user, who is registered the first time; the password is kept for the owner's eyes only."""
    if kept.exists():
        user = json.loads(kept.read_text())
        status, data = api.try_call("POST", "/auth/login", {"email": user["email"], "password": user["password"]})
        if status == 200:
            api.hold(json.loads(data))
            tell("logged in as the demo user")
            return
    user = {"email": f"demo-{secrets.token_hex(4)}@example.com", "password": secrets.token_urlsafe(18)}
    session = api.call(
        "POST", "/auth/register", {**user, "full_name": "Demo User", "organization_name": "Demo organization"}
    )
    write_atomically(kept, json.dumps(user), mode=0o600)
    api.hold(session)
    tell("registered a demo user")


def make_meeting(api: Api, *, language: str, title: str, people: Sequence[tuple[str, str]]) -> str:
    """Make a client and a meeting; return the meeting's id."""
    client = api.call("POST", "/clients", {"name": "Demo client"})
    meeting = api.call(
        "POST",
        "/meetings",
        {
            "client_id": client["id"],
            "title": title,
            "language": language,
            "meeting_type": "stand-up" if people else "general",
            "participants": [{"full_name": name, "role_title": role} for name, role in people],
        },
    )
    return str(meeting["id"])


def follow(api: Api, meeting_id: str, tell: Tell) -> Answer:
    """Watch a meeting until its run is over; tells each stage as it begins."""
    began = time.monotonic()
    until = began + PATIENCE_S
    told = ""
    while time.monotonic() < until:
        meeting = api.call("GET", f"/meetings/{meeting_id}")
        stage = meeting.get("stage") or "queued"
        if stage != told:
            tell(f"{meeting['progress']:3d} %  {STAGES.get(stage, stage)}")
            told = stage
        if meeting["status"] in OVER:
            return meeting
        if meeting.get("run_id") is None and time.monotonic() > began + STARTS_WITHIN_S:
            raise UserError(
                "The upload was not picked up; 'aam logs' lists the functions, 'aam up' mends the stack, and "
                f"'aam diagnose --meeting {meeting_id}' shows what came of it."
            )
        time.sleep(POLL_S)
    raise UserError(f"It takes too long; 'aam diagnose --meeting {meeting_id}' shows what happens.")


def why_not(meeting: Answer) -> str:
    """Return the sentence of the newest error, and the command that shows the rest."""
    errors = meeting.get("errors") or []
    more = f"'aam diagnose --meeting {meeting['id']}' shows its history."
    if not errors:
        return f"The meeting ended as {meeting['status']} and gave no reason; {more}"
    return f"The recording could not be brought to minutes ({errors[0]['code']}): {errors[0]['message']} {more}"


def keep(file: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    write_atomically(file, text, mode=0o600)


def show(api: Api, meeting: Answer, folder: Path, tell: Tell) -> None:
    """Write the four files and print the minutes."""
    path = f"/meetings/{meeting['id']}"
    minutes = api.fetch("GET", f"{path}/artifacts?format=md").decode()
    keep(folder / "minutes.md", minutes)
    keep(folder / "minutes.json", api.fetch("GET", f"{path}/artifacts?format=json").decode())
    keep(folder / "meeting.json", json.dumps(meeting, indent=2, ensure_ascii=False))
    status, transcript = api.try_call("GET", f"{path}/transcript?format=vtt")
    name = "transcript.vtt"
    if status == 409:  # a plain text has no times
        name, transcript = "transcript.txt", api.fetch("GET", f"{path}/transcript?format=txt")
    for other in folder.glob("transcript.*"):  # of the meeting before
        other.unlink()
    keep(folder / name, transcript.decode())
    tell("done")
    click.echo(f"\n{plain(minutes)}")
    click.echo(
        f"Files: {folder}/minutes.md, minutes.json, {name}, meeting.json (until the next demo)\n"
        f"Meeting {meeting['id']}, which is kept; to see it again:\n"
        f"       .venv/bin/aam diagnose --meeting {meeting['id']}\n"
        f"       GET {api.url}{path}/artifacts?format=md, logged in with {folder}/user.json"
    )
    click.echo(
        "Next:  make demo FILE=your-recording.mp4      a recording of your own\n"
        "       make demo TRANSCRIPT=your-meeting.vtt  a transcript of your own\n"
        "       .venv/bin/aam keys set openai          minutes by a language model instead of quoted sentences\n"
        "       .venv/bin/aam keys set deepgram        transcripts with speakers, by a service, instead of a draft\n"
        "       .venv/bin/aam down                     stop the stack (everything is kept)"
    )
