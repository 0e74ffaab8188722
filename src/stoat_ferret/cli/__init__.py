"""The command line: parse, call, print, exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that `arguments` (those of the process by default) name, and exit."""
    from stoat_ferret.cli.startup import end_fast, start_fast

    start_fast()
    try:
        # Help and completion are asked for often: nothing heavy is imported before a command.
        from stoat_ferret.cli.program import run_program

        code = run_program(arguments)
    except KeyboardInterrupt:
        code = 130
    end_fast()
    raise SystemExit(code)
