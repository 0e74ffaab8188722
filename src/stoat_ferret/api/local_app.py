"""The HTTP interface within one command's process, if there is no server to ask."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI

from stoat_ferret.api.dependencies import refuse_malformed
from stoat_ferret.api.problems import install_error_handlers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.api.schemas.events import LibraryEvent
    from stoat_ferret.library_services import LibraryServices

LIBRARY_CALLS = (
    *("videos", "tags", "duplicates", "searches", "collections", "markers", "undo", "jobs"),
    *("library", "settings"),
)
"""The routers that only need `LibraryServices`."""
RENDER_CALLS = ("rules", "saved_presets")
"""Those that only need `LibraryServices`, too, but import renders."""
TASK_CALLS = ("scans", "pictures", "renders", "timelines", "jobs", "tags", "undo")
"""The routers of tasks that may be long, which need all `Services`."""


def create_local_app(services: LibraryServices, calls: Sequence[str]) -> FastAPI:
    """Create an application with only these routers for `services`, which must stay open.

    It has no page, no access control and no request log: nothing else can reach it.
    """
    app = FastAPI(
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[Depends(refuse_malformed)],
    )
    app.state.services = services
    app.state.events = _NoListeners()
    for name in calls:  # imported here: a command that reads needs few of them
        app.include_router(import_module(f"stoat_ferret.api.routers.{name}").router)
    install_error_handlers(app)
    return app


class _NoListeners:
    """A substitute for `LiveEvents` in a process without listeners."""

    def notify(self, change: LibraryEvent) -> None:
        """Do nothing."""
