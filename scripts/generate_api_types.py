#!/usr/bin/env python3
"""Write the types of the HTTP interface for the page, from the server's description.

python3 scripts/generate_api_types.py           write web/src/api/generated/schema.ts
python3 scripts/generate_api_types.py --check   exit 1 where that file is not what it would write
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import node
from stoat_ferret.api.app import create_app
from stoat_ferret.bootstrap import open_services
from stoat_ferret.config import load_settings

SCHEMA = node.WEB / "src" / "api" / "generated" / "schema.ts"
_COMMAND = "`.venv/bin/python scripts/generate_api_types.py`"


async def describe() -> str:
    """Return the description of the HTTP interface as JSON, without starting a server."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        settings = load_settings(roots=(path,), data_dir=path, port=0)
        async with open_services(settings) as services:
            return json.dumps(create_app(services).openapi(), indent=1)


def generate(description: str) -> bytes:
    """Return the types of `description` as TypeScript. Raises `SystemExit` if that fails."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "openapi.json", Path(folder) / "schema.ts"
        source.write_text(description)
        if node.run("openapi-typescript", str(source), "--output", str(target)):
            raise SystemExit(
                "openapi-typescript failed; `python3 scripts/node.py npm ci` installs it."
            )
        return target.read_bytes()


def is_same(types: bytes, schema: Path = SCHEMA) -> bool:
    """Return whether `schema` holds `types`; if not, print what to do on standard error."""
    if schema.exists() and schema.read_bytes() == types:
        return True
    print(
        f"{SCHEMA.relative_to(node.TOP)} is not what the server describes: "
        f"run {_COMMAND} and commit what it writes.",
        file=sys.stderr,
    )
    return False


def main(arguments: list[str]) -> int:
    """Write the types, or check the existing ones."""
    types = generate(asyncio.run(describe()))
    if "--check" in arguments:
        return 0 if is_same(types) else 1
    SCHEMA.parent.mkdir(parents=True, exist_ok=True)
    SCHEMA.write_bytes(types)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
