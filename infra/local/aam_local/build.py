"""`sam build`, and zips that are made again only when their content changed."""

import hashlib
import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aam_local.installers import INSTALL_SECONDS, Tell, untold
from aam_local.paths import Home
from aam_local.tools import run_sam

BUILT_FROM = (
    "template.yaml",
    "samconfig.toml",
    "functions",
    "layers",
    "infra/statemachines",
    "infra/requirements",
)
"""What a build and a deploy depend on, seen from the checkout's root."""

CODE_FOLDER = re.compile(r"^(\s+(?:CodeUri|ContentUri): )(\S.*?)\s*$")
DEFINITION_FILE = re.compile(r"^(\s+DefinitionUri: )(\S.*?\.ya?ml)\s*$")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: equal content gives equal bytes."""


def sources_hash(home: Home, layer_target: str) -> str:
    """Return one hash over everything that decides what a build makes."""
    digest = hashlib.sha256(f"{sys.version} {layer_target}".encode())
    for name in BUILT_FROM:
        path = home.root / name
        for file in _files(path) if path.is_dir() else [path] if path.exists() else []:
            digest.update(f"{file.relative_to(home.root)}\0{file.stat().st_mode & 0o111}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def ensure_built(home: Home, sam: Path, *, layer_target: str, tell: Tell = untold) -> tuple[str, bool]:
    """Run `sam build` unless the very same sources are built; their hash, and whether anything was done.

    Each built folder is then replaced by a zip of it in the built template.
    """
    sources = sources_hash(home, layer_target)
    marker = home.build.with_name(f"{home.build.name}.sources")
    if marker.exists() and marker.read_text() == sources and is_whole(home.build / "template.yaml"):
        return sources, False
    marker.unlink(missing_ok=True)
    run_sam(
        home,
        [
            *(str(sam), "build", "--template-file", str(home.root / "template.yaml")),
            *("--build-dir", str(home.build), "--build-in-source", "--parallel"),
        ],
        environment={
            "AAM_PYTHON": sys.executable,
            "AAM_LAYER_TARGET": layer_target,
            "AAM_LAYER_CACHE": str(home.cache / "layers"),
        },
        what="Building",
        seconds=INSTALL_SECONDS,
        tell=tell,
    )
    use_zips(home.build / "template.yaml", home.cache / "zips")
    use_json_definitions(home.build / "template.yaml")
    marker.write_text(sources)
    return sources, True


def is_whole(template: Path) -> bool:
    """Return whether the built template and every zip that it names exist: the cache may have been emptied."""
    if not template.exists():
        return False
    found = map(CODE_FOLDER.match, template.read_text(encoding="utf-8").splitlines())
    return all((template.parent / unquoted(match[2])).exists() for match in found if match)


def use_zips(template: Path, zips: Path) -> None:
    """Point the built template at zips instead of folders.

    SAM would zip every folder again at each deploy; a file that already ends in .zip it only uploads, once.
    """
    zips.mkdir(parents=True, exist_ok=True)
    lines = template.read_text(encoding="utf-8").splitlines()
    found: dict[int, tuple[str, Path]] = {}
    for number, line in enumerate(lines):
        match = CODE_FOLDER.match(line)
        if match and (template.parent / match[2]).is_dir():
            found[number] = (match[1], (template.parent / match[2]).resolve())
    folders = sorted({folder for _, folder in found.values()})
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:  # zlib lets other threads work meanwhile
        made = dict(zip(folders, pool.map(lambda folder: zip_of(folder, zips), folders), strict=True))
    for number, (key, folder) in found.items():
        lines[number] = f"{key}{quoted(made[folder])}"
    template.write_text("\n".join(lines) + "\n", encoding="utf-8")


def use_json_definitions(template: Path) -> None:
    """Give state machines their definition as JSON, which emulators read as well; AWS takes YAML too."""
    import yaml

    lines = template.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        match = DEFINITION_FILE.match(line)
        if match:
            source = (template.parent / match[2]).resolve()
            made = template.parent / f"{source.stem}.json"
            made.write_text(json.dumps(yaml.safe_load(source.read_text(encoding="utf-8")), indent=1), encoding="utf-8")
            lines[number] = f"{match[1]}{quoted(made)}"
    template.write_text("\n".join(lines) + "\n", encoding="utf-8")


def quoted(path: Path) -> str:
    """Return a path as YAML, whatever the folders above are called (`a #1`)."""
    return json.dumps(str(path), ensure_ascii=False)


def unquoted(written: str) -> str:
    """Return a path as it stands in the template, whether `quoted` or SAM wrote it."""
    return str(json.loads(written)) if written.startswith('"') else written


def zip_of(folder: Path, zips: Path) -> Path:
    """Return the zip of a folder's content, named by it; made only when there is none."""
    files = list(_files(folder))
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(folder)}\0{file.stat().st_mode & 0o111}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    made = zips / f"{folder.name}-{digest.hexdigest()[:24]}.zip"
    if not made.exists():
        part = made.with_suffix(".part")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for file in files:
                entry = zipfile.ZipInfo(str(file.relative_to(folder)), EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (0o755 if file.stat().st_mode & 0o100 else 0o644) << 16
                archive.writestr(entry, file.read_bytes())
        part.replace(made)
    return made


def _files(folder: Path) -> Iterator[Path]:
    """Yield every file below, in one order; bytecode counts only where a layer ships it on purpose."""
    ours = "layers" in folder.parts or "functions" in folder.parts
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not (ours and "__pycache__" in path.parts):
            yield path
