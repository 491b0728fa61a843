"""What the docs name is there: files, parameters, functions, settings; commands have a file of their own."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from aam_cli.main import VERBS
from tests.support.template import written

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").glob("*/README.md")])
WRITTEN_BY_HAND = [page for page in PAGES if page.name not in ("errors.md", "sections.md")]
TEMPLATE = written()
IN_CODE = re.compile(r"```sh\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def code(page: Path) -> list[str]:
    """Lines of shell, and what stands in backticks."""
    found = IN_CODE.findall(page.read_text("utf-8"))
    return [line for block, inline in found for line in (block or inline).splitlines()]


def rows(page: Path, heading: str) -> set[str]:
    """The first cells of the table below a heading, out of their backticks."""
    text = page.read_text("utf-8").split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    missing = [
        link
        for link in links
        if "://" not in link
        and not link.startswith("#")
        and not (page.parent / unquote(link.partition("#")[0])).exists()
    ]
    assert not missing


@pytest.mark.parametrize("page", WRITTEN_BY_HAND, ids=name)
def test_every_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    used = {target for line in code(page) for target in re.findall(r"(?:^|[ (])make ([a-z][a-z-]*)", line)}
    assert used <= targets


@pytest.mark.parametrize("page", WRITTEN_BY_HAND, ids=name)
def test_every_path_exists(page: Path) -> None:
    made_by_running = (".aam/", ".aws-sam", ".venv", "tests/unit/evidence")
    for word in (word for line in code(page) for word in line.split()):
        if re.fullmatch(r"(functions|layers|infra|events|tests|docs)/[\w./-]+", word) and not word.startswith(
            made_by_running
        ):
            assert (ROOT / word).exists(), word


def test_the_verbs_are_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [verb for verb in VERBS if f"aam {verb}" not in readme and f"make {verb}" not in readme] == []


def test_the_table_of_parameters_is_the_templates() -> None:
    assert rows(ROOT / "docs" / "operations.md", "## Parameters") == set(TEMPLATE["Parameters"])


@pytest.mark.parametrize("parameter", sorted(TEMPLATE["Parameters"]))
def test_defaults_are_the_templates(parameter: str) -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (said,) = re.findall(rf"^\| `{parameter}` \| (.+?) \|", text, re.MULTILINE)
    assert said == (str(TEMPLATE["Parameters"][parameter].get("Default", "")) or "none")


def test_the_table_of_functions_is_the_templates() -> None:
    functions = {
        logical: resource["Properties"]
        for logical, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    page = ROOT / "docs" / "architecture.md"
    assert rows(page, "## Functions") == set(functions)
    for logical, properties in functions.items():
        (row,) = re.findall(rf"^\| `{logical}` \|.*$", page.read_text("utf-8"), re.MULTILINE)
        assert f"[{properties['CodeUri']}]" in row
        layers = {str(layer["Ref"]).removesuffix("Layer").lower() for layer in properties["Layers"]} - {"core", "base"}
        said = row.rstrip("| ").rpartition("| ")[2]
        assert set(said.replace(",", "").split()) - {"none"} == layers


@pytest.mark.parametrize("page", WRITTEN_BY_HAND, ids=name)
def test_every_output_and_resource_exists(page: Path) -> None:
    known = {*TEMPLATE["Outputs"], *TEMPLATE["Resources"], *TEMPLATE["Parameters"]}
    endings = ("Function", "Queue", "DeadLetters", "Alarm", "SecretArn", "FunctionName")
    said = {word for line in code(page) for word in re.findall(r"^[A-Z][A-Za-z]+$", line) if word.endswith(endings)}
    assert said <= known


def test_every_setting_named_is_read_somewhere() -> None:
    sources = [
        *(ROOT / "infra").rglob("*.py"),
        *(ROOT / "layers" / "core").rglob("*.py"),
        ROOT / "localstack-compose.yml",
    ]
    text = "\n".join(source.read_text("utf-8") for source in sources)
    for page in WRITTEN_BY_HAND:
        for line in code(page):
            for setting in re.findall(r"\b(?:AAM|STORAGE|DEEPGRAM|OPENAI)_[A-Z_]+\b", line):
                assert setting in text, f"{name(page)}: {setting}"


def test_the_page_of_errors_is_the_tree() -> None:
    written = subprocess.run(
        [sys.executable, "-P", str(ROOT / "infra" / "docs" / "error_page.py")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert (ROOT / "docs" / "errors.md").read_text("utf-8") == written, "run 'make docs'"


def test_codes_named_in_prose_exist() -> None:
    known = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "errors.md").read_text("utf-8"), re.MULTILINE))
    assert {"stack_restarted", "step_failed", "bad_webhook_secret"} <= known


def test_every_decision_is_listed_and_dated() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    for page in sorted(folder.glob("0*.md")):
        text = page.read_text("utf-8")
        title = text.splitlines()[0].partition(". ")[2]
        assert f"| {page.name[:4]} | [{title}]({page.name}) |" in index
        assert re.search(r"^Date: \d{4}-\d\d-\d\d\. Status: ", text, re.MULTILINE)
        assert text.index("## Context") < text.index("## Decision") < text.index("## Consequences")
