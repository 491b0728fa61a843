"""`make build-aws`: build for AWS, whatever this machine's Python is."""

import argparse
import sys

from aam_local.environments import ensure_environment
from aam_local.errors import UserError
from aam_local.paths import Home, find_home
from aam_local.tools import run_sam


def build_for_aws(home: Home, architecture: str) -> str:
    """Build functions and layers for python3.13 on ``x86_64`` or ``arm64``; the folder to deploy from."""
    home.prepare()
    folder = home.root / ".aws-sam" / f"aws-{architecture}"
    sam = ensure_environment(home, "sam", tell) / "sam"
    run_sam(
        home,
        [
            *(str(sam), "build", "--template-file", str(home.root / "template.yaml")),
            *("--build-dir", str(folder), "--build-in-source", "--parallel"),
        ],
        environment={
            "AAM_PYTHON": sys.executable,
            "AAM_LAYER_TARGET": f"aws-{architecture}",
            "AAM_LAYER_CACHE": str(home.cache / "layers"),
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        what="Building-for-AWS",
        tell=tell,
    )
    return str(folder)


def tell(line: str) -> None:
    """Show what is downloaded."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Build and say what comes next."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", choices=["x86_64", "arm64"], default="x86_64")
    architecture = parser.parse_args().architecture
    try:
        folder = build_for_aws(find_home(), architecture)
    except UserError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    home = find_home()
    sys.stdout.write(
        f"Built. Next: {home.envs}/sam/bin/sam deploy --guided --config-file {home.root}/samconfig.toml "
        f"--config-env dev --template-file {folder}/template.yaml\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
