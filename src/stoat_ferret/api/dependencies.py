"""The dependencies of routes, by name.

Only the types that are created here are imported: a command that reads needs few of them.
"""

import json
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request

from stoat_ferret.edits.editor import BulkEditor
from stoat_ferret.edits.tags import TagEditor
from stoat_ferret.library.annotations import Annotations
from stoat_ferret.library.collection_entries import CollectionEntries
from stoat_ferret.library.collections import CollectionRepository
from stoat_ferret.library.folder_tree import FolderTree
from stoat_ferret.library.forget import Forgetting
from stoat_ferret.library.markers import MarkerRepository
from stoat_ferret.library.saved_presets import SavedPresetRepository
from stoat_ferret.library.searches import SearchRepository
from stoat_ferret.library.tags import TagRepository
from stoat_ferret.library.watching import Watching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.api.access import AccessPolicy
    from stoat_ferret.api.events import LiveEvents
    from stoat_ferret.api.folders import FolderReader
    from stoat_ferret.api.metrics import Metrics
    from stoat_ferret.api.open_file import VideoFiles
    from stoat_ferret.api.security import TokenRateLimiter
    from stoat_ferret.api.system import SystemReader
    from stoat_ferret.bootstrap import Services
    from stoat_ferret.jobs.queue import JobQueue
    from stoat_ferret.library.repository import VideoRepository
    from stoat_ferret.library_services import LibraryServices
    from stoat_ferret.pictures.store import PictureStore
    from stoat_ferret.rules.store import RuleStore


async def _services(request: Request) -> "Services":
    services: Services = request.app.state.services
    return services


async def _library(request: Request) -> "LibraryServices":
    services: LibraryServices = request.app.state.services
    return services


ServicesDep = Annotated["Services", Depends(_services)]
LibraryDep = Annotated["LibraryServices", Depends(_library)]


# These take the request, not `LibraryDep`: the framework spends longer on a dependency of a
# dependency than most of them take.


async def _queue(request: Request) -> "JobQueue":
    queue: JobQueue = request.app.state.services.queue
    return queue


async def _videos(request: Request) -> "VideoRepository":
    videos: VideoRepository = request.app.state.services.videos
    return videos


async def _forgetting(library: LibraryDep) -> Forgetting:
    return Forgetting(library.database, discard=library.pictures.discard)


async def _annotations(library: LibraryDep) -> Annotations:
    return Annotations(library.database)


async def _watching(library: LibraryDep) -> Watching:
    return Watching(library.database)


async def _folder_tree(library: LibraryDep) -> FolderTree:
    return FolderTree(library.database)


async def _editor(library: LibraryDep) -> BulkEditor:
    return BulkEditor(library.database, library.queue)


async def _tag_editor(library: LibraryDep) -> TagEditor:
    return TagEditor(library.database, BulkEditor(library.database, library.queue))


async def _tags(library: LibraryDep) -> TagRepository:
    return TagRepository(library.database)


async def _searches(library: LibraryDep) -> SearchRepository:
    return SearchRepository(library.database)


async def _saved_presets(library: LibraryDep) -> SavedPresetRepository:
    return SavedPresetRepository(library.database)


async def _collections(library: LibraryDep) -> CollectionRepository:
    return CollectionRepository(library.database)


async def _collection_entries(library: LibraryDep) -> CollectionEntries:
    return CollectionEntries(library.database)


async def _markers(library: LibraryDep) -> MarkerRepository:
    return MarkerRepository(library.database)


async def _rules(library: LibraryDep) -> "RuleStore":
    from stoat_ferret.rules.store import RuleStore  # with renders, which few commands need

    return RuleStore(library.database)


async def _metrics(request: Request) -> "Metrics":
    metrics: Metrics = request.app.state.metrics
    return metrics


async def _events(request: Request) -> "LiveEvents":
    events: LiveEvents = request.app.state.events
    return events


async def _folders(request: Request) -> "FolderReader":
    folders: FolderReader = request.app.state.folders
    return folders


async def _video_files(request: Request) -> "VideoFiles":
    files: VideoFiles = request.app.state.video_files
    return files


async def _system(request: Request) -> "SystemReader":
    system: SystemReader = request.app.state.system
    return system


async def _pictures(library: LibraryDep) -> "PictureStore":
    return library.pictures


async def _wrong_tokens(request: Request) -> "TokenRateLimiter":
    wrong_tokens: TokenRateLimiter = request.app.state.wrong_tokens
    return wrong_tokens


async def note_player(request: Request) -> None:
    """Record that a player asks for something: work for idle hours waits. Commands have none."""
    services = request.app.state.services
    if hasattr(services, "players"):
        services.players.note()


async def _policy(request: Request) -> "AccessPolicy":
    policy: AccessPolicy = request.app.state.policy
    return policy


async def _signed_in(request: Request) -> bool:
    signed_in: bool = request.state.signed_in
    return signed_in


QueueDep = Annotated["JobQueue", Depends(_queue)]
VideosDep = Annotated["VideoRepository", Depends(_videos)]
ForgettingDep = Annotated[Forgetting, Depends(_forgetting)]
AnnotationsDep = Annotated[Annotations, Depends(_annotations)]
WatchingDep = Annotated[Watching, Depends(_watching)]
EditorDep = Annotated[BulkEditor, Depends(_editor)]
TagEditorDep = Annotated[TagEditor, Depends(_tag_editor)]
TagsDep = Annotated[TagRepository, Depends(_tags)]
CollectionsDep = Annotated[CollectionRepository, Depends(_collections)]
CollectionEntriesDep = Annotated[CollectionEntries, Depends(_collection_entries)]
MarkersDep = Annotated[MarkerRepository, Depends(_markers)]
SearchesDep = Annotated[SearchRepository, Depends(_searches)]
SavedPresetsDep = Annotated[SavedPresetRepository, Depends(_saved_presets)]
RulesDep = Annotated["RuleStore", Depends(_rules)]
MetricsDep = Annotated["Metrics", Depends(_metrics)]
EventsDep = Annotated["LiveEvents", Depends(_events)]
FolderTreeDep = Annotated[FolderTree, Depends(_folder_tree)]
FoldersDep = Annotated["FolderReader", Depends(_folders)]
VideoFilesDep = Annotated["VideoFiles", Depends(_video_files)]
SystemDep = Annotated["SystemReader", Depends(_system)]
PicturesDep = Annotated["PictureStore", Depends(_pictures)]
WrongTokensDep = Annotated["TokenRateLimiter", Depends(_wrong_tokens)]
PolicyDep = Annotated["AccessPolicy", Depends(_policy)]
SignedInDep = Annotated[bool, Depends(_signed_in)]


async def refuse_malformed(request: Request) -> None:
    """Reject unknown query parameters, and NUL characters in any text.

    A misspelled filter would not filter; and neither file names nor database texts contain NUL.
    """
    _refuse_unknown_parameters(request)
    await _refuse_nul(request)


def _refuse_unknown_parameters(request: Request) -> None:
    if not request.scope["query_string"]:
        return
    route = request.scope["route"]
    known = query_parameters(route) if isinstance(route, APIRoute) else set()
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        names = ", ".join(sorted(known)) or "none"
        raise RequestValidationError(
            [
                {
                    "loc": ("query", name),
                    "msg": f"unknown parameter; known here: {names}",
                    "type": "extra_forbidden",
                }
                for name in unknown
            ]
        )


_SEARCH = "q"
"""The parameter that may contain anything, and then finds nothing."""


async def _refuse_nul(request: Request) -> None:
    queries = request.query_params.multi_items()
    sent = [("query", name, value) for name, value in queries if name != _SEARCH]
    sent += [("path", name, str(value)) for name, value in request.path_params.items()]
    found: list[tuple[str | int, ...]] = [
        (where, name) for where, name, value in sent if "\0" in name + value
    ]
    route = request.scope["route"]
    if isinstance(route, APIRoute) and route.body_field is not None:
        found += _nul_in_body(await request.body())
    if found:
        message = "must not contain a NUL character"
        raise RequestValidationError(
            [{"loc": place, "msg": message, "type": "nul_character"} for place in found]
        )


def _nul_in_body(body: bytes) -> list[tuple[str | int, ...]]:
    if b"\\u0000" not in body:  # as JSON escapes it
        return []
    try:
        return list(_places_of_nul(json.loads(body), ("body",)))
    except (ValueError, RecursionError):  # invalid JSON is rejected elsewhere
        return []


def _places_of_nul(
    value: object, place: tuple[str | int, ...]
) -> "Iterator[tuple[str | int, ...]]":
    if isinstance(value, str) and "\0" in value and place[-1] != _SEARCH:
        yield place
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _places_of_nul(name, (*place, name))
            yield from _places_of_nul(item, (*place, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _places_of_nul(item, (*place, number))


def query_parameters(route: APIRoute) -> set[str]:
    """Return the query parameters of `route`, including the fields of models."""
    names: set[str] = set()
    for parameter in route.dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            fields = annotation.model_fields
            names.update(field.alias or name for name, field in fields.items())
        else:
            names.add(parameter.alias)
    return names
