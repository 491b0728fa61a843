#!/usr/bin/env bash
# Make .venv, or bring it up to date: `environment.sh cli` for the command line, `environment.sh dev` for tests as well.
# Called by make.  Whatever goes wrong is one sentence; what the installers said is in .aam/environment.log.
set -uo pipefail
cd "$(dirname "$0")/.."

venv=.venv
locks=infra/requirements
log=.aam/environment.log
python=${PYTHON:-python3}

fail() { echo "Error: $1" >&2; exit 1; }

mkdir -p .aam || fail "This folder cannot be written to; clone the project where you may write."
if command -v flock >/dev/null; then # two at once would overwrite each other's files
  exec 9>.aam/environment.lock
  flock 9
fi

fresh() { # whether the marker is newer than all that it was made from
  [ -e "$1" ] || return 1
  local made=$1 source
  shift
  for source in "$@"; do [ "$source" -nt "$made" ] && return 1; done
  return 0
}

listen() { # take down what an installer says, and show which packages it downloads and how large they are
  local line
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    [[ $line =~ ^\ *Downloading\ ([^ ]+)\ \((.+)\)$ ]] && echo "  downloading ${BASH_REMATCH[1]%%-[0-9]*} (${BASH_REMATCH[2]})"
  done
  return 0
}

download_failed="the packages could not be downloaded; check the network, or the package index that pip is set to"

if ! fresh "$venv/bin/uv" "$locks/bootstrap.txt" || ! "$venv/bin/python" -c '' 2>/dev/null; then
  command -v "$python" >/dev/null || fail "There is no '$python'; install Python 3.11 or newer and try again."
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "'$python' is Python $("$python" -V 2>&1 | cut -d' ' -f2); 3.11 or newer is needed: install it and try again, or name it, as in 'make demo PYTHON=python3.12'."
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "Python's venv module is incomplete; install it (Debian and Ubuntu: apt install python3-venv) and try again."
  rm -rf "$venv"
  "$python" -m venv "$venv" >"$log" 2>&1 ||
    fail "The environment could not be made: $(tail -n 1 "$log")"
  echo "Making .venv: packages are downloaded once and kept"
  : >"$log"
  "$venv/bin/python" -m pip install --disable-pip-version-check --retries 1 --require-hashes \
    -r "$locks/bootstrap.txt" 2>&1 | listen || fail "The installer: $download_failed, and try again (see $log)."
  touch "$venv/bin/uv"
fi

install() { : >"$log"; "$venv/bin/uv" pip install "$@" 2>&1 | listen || fail "The tools: $download_failed, and try again (see $log)."; }

if ! fresh "$venv/.cli" "$venv/bin/uv" "$locks/cli.txt" pyproject.toml; then
  install --require-hashes -r "$locks/cli.txt"
  install --offline --no-deps --no-build-isolation -e .
  touch "$venv/.cli"
fi
if [ "$1" = dev ] && ! fresh "$venv/.dev" "$venv/.cli" "$locks/dev.txt" "$locks/dev-nodeps.txt"; then
  install --require-hashes -r "$locks/dev.txt"
  install --no-deps --require-hashes -r "$locks/dev-nodeps.txt"
  touch "$venv/.dev"
fi
