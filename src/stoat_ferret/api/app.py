"""The FastAPI application: routers, middleware, error handlers and state."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI

from stoat_ferret import __version__
from stoat_ferret.api.access import AccessPolicy
from stoat_ferret.api.compression import CompressionMiddleware
from stoat_ferret.api.dependencies import refuse_malformed
from stoat_ferret.api.events import LiveEvents
from stoat_ferret.api.folders import FolderReader
from stoat_ferret.api.metrics import Metrics
from stoat_ferret.api.open_file import VideoFiles
from stoat_ferret.api.openapi import ApiDescription, describe_with, operation_id
from stoat_ferret.api.problems import install_error_handlers
from stoat_ferret.api.request_middleware import RequestMiddleware
from stoat_ferret.api.routers import (
    collections,
    duplicates,
    events,
    folder_tree,
    folders,
    health,
    jobs,
    library,
    markers,
    pictures,
    playback,
    renders,
    rules,
    saved_presets,
    scans,
    searches,
    session,
    streams,
    system,
    tags,
    timelines,
    undo,
    videos,
)
from stoat_ferret.api.routers import (
    metrics as metrics_router,
)
from stoat_ferret.api.routers import (
    settings as settings_router,
)
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.security import SecurityMiddleware, TokenRateLimiter
from stoat_ferret.api.system import SystemReader
from stoat_ferret.api.web_page import STATIC, Page, PageMiddleware, read_page
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.loop_watch import watch_loop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from stoat_ferret.bootstrap import Services
    from stoat_ferret.config import Settings

ROUTERS = (
    *(health, metrics_router, session, scans, renders, saved_presets, timelines, jobs, events),
    *(videos, undo, tags, duplicates, searches, collections, markers, rules, streams, playback),
    *(pictures, folder_tree, folders, library, settings_router, system),
)
"""The modules of all routes, in the order of the OpenAPI document."""

_BUSIEST = (health, jobs, videos)
"""What clients poll and page through; the framework tries one router after the other."""

_DESCRIPTION = """Scan folders of videos, follow the scans as jobs, and search the library.

Errors are `application/problem+json` (RFC 9457): distinguish them by `type`, show people `detail`.
If the server has a token, send it as `Authorization: Bearer …`, or sign in for a cookie.
Lists are paged: send `next_cursor` as `cursor` to get the next page.
"""


def create_app(
    services: Services, *, metrics: Metrics | None = None, page_folder: Path = STATIC
) -> FastAPI:
    """Create the application for `services`, which must stay open while it serves.

    Callers that record more than requests pass their `metrics`. `page_folder` contains the built
    page, which is read when serving starts.
    """
    metrics = metrics or Metrics()
    app = FastAPI(
        title="stoat-ferret",
        summary="A self-hosted video library that stays responsive while it works.",
        description=_DESCRIPTION,
        version=__version__,
        openapi_url=None,  # FastAPI would generate the document on the event loop
        docs_url=None,  # its scripts are from another site
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(refuse_malformed)],
        generate_unique_id_function=operation_id,
        lifespan=_lifespan,
    )
    settings = services.settings
    app.state.services = services
    app.state.metrics = metrics
    app.state.events = LiveEvents()
    services.rules.on_edit = lambda count: app.state.events.notify(
        LibraryEvent.from_person(edited=count)
    )
    app.state.folders = FolderReader()
    app.state.system = SystemReader(services, app.state.folders)
    app.state.video_files = VideoFiles(services.all_roots)
    app.state.policy = AccessPolicy(
        host=settings.host, allowed_hosts=settings.allowed_hosts, token=settings.token
    )
    app.state.wrong_tokens = TokenRateLimiter()
    app.state.page = Page()
    app.state.page_folder = page_folder
    for module in sorted(ROUTERS, key=lambda module: module not in _BUSIEST):
        app.include_router(module.router)
    install_error_handlers(app)
    # The middleware added last is the outermost.
    app.add_middleware(CompressionMiddleware)
    app.add_middleware(PageMiddleware, page=app.state.page)
    app.add_middleware(
        SecurityMiddleware,
        policy=app.state.policy,
        wrong_tokens=app.state.wrong_tokens,
        is_open=app.state.page.answers,
    )
    app.add_middleware(RequestMiddleware, metrics=metrics)
    paths = [route.path for module in ROUTERS for route in module.router.routes]
    app.openapi = describe_with(app, paths)  # type: ignore[method-assign]  # FastAPI's documented way
    description = ApiDescription(app)
    app.add_route("/api/v1/openapi.json", description.respond, include_in_schema=False)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.page.files = await run_on_disk_thread(read_page, app.state.page_folder)
    metrics: Metrics = app.state.metrics
    settings: Settings = app.state.services.settings
    async with watch_loop(metrics.observe_loop, warning_seconds=settings.loop_warning_seconds):
        yield
    await app.state.system.close()
    app.state.video_files.close()
