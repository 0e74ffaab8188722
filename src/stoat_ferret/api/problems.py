"""Problem details (RFC 9457): the table of errors, and the handlers that respond with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import Response

from stoat_ferret import errors
from stoat_ferret.api.schemas.page import FieldError, Problem
from stoat_ferret.errors import MediaProcessError, QueueClosedError, StoatFerretError
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.types import Scope

PROBLEM_MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem; `slug` never changes, clients distinguish problems by it."""

    status: int
    slug: str
    title: str

    @property
    def type(self) -> str:
        """The `type` member: a URN instead of a URL, so that it is the same on every server."""
        return f"urn:stoat-ferret:problem:{self.slug}"


NOT_HTTP = ProblemKind(400, "not-http", "That is not an HTTP request")
UNREADABLE = ProblemKind(400, "unreadable-body", "The body cannot be read")
UNAUTHORIZED = ProblemKind(401, "token-required", "A token is required")
HOST_REFUSED = ProblemKind(403, "host-not-allowed", "The host name is not allowed")
ORIGIN_REFUSED = ProblemKind(403, "origin-not-allowed", "Requests from other sites are refused")
NO_SUCH_ADDRESS = ProblemKind(404, "no-such-address", "There is nothing at this address")
METHOD_REFUSED = ProblemKind(405, "method-not-allowed", "The method is not allowed here")
TOO_SLOW = ProblemKind(408, "request-too-slow", "The request timed out")
TOO_LARGE = ProblemKind(413, "body-too-large", "The body is too large")
FILE_CHANGED = ProblemKind(412, "file-changed", "The file has changed")
NO_SUCH_RANGE = ProblemKind(416, "no-such-range", "The range is not in the file")
MALFORMED = ProblemKind(422, "malformed-request", "The request is malformed")
TOO_MANY_WRONG_TOKENS = ProblemKind(429, "too-many-wrong-tokens", "Too many wrong tokens")
INTERNAL = ProblemKind(500, "internal-error", "The server failed")
NOT_READY = ProblemKind(503, "not-ready", "The server is not ready")

_BY_STATUS = {
    kind.status: kind
    for kind in (UNREADABLE, NO_SUCH_ADDRESS, METHOD_REFUSED, TOO_LARGE, MALFORMED, INTERNAL)
}

PROBLEMS: Mapping[type[errors.StoatFerretError], ProblemKind] = {
    errors.StoatFerretError: ProblemKind(500, "failure", "The request failed"),
    errors.ConfigurationError: ProblemKind(503, "bad-setting", "A setting cannot be used"),
    errors.BinaryNotFoundError: ProblemKind(503, "program-missing", "A program is missing"),
    errors.DataFolderInUseError: ProblemKind(
        503, "data-folder-in-use", "The data folder is in use"
    ),
    errors.DatabaseInUseError: ProblemKind(503, "database-in-use", "The database is in use"),
    errors.ServerError: ProblemKind(502, "server-failure", "Another server failed"),
    errors.DatabaseError: ProblemKind(503, "database-failure", "The database failed"),
    errors.DatabaseTooNewError: ProblemKind(503, "database-too-new", "The database is too new"),
    errors.ConfirmationError: ProblemKind(409, "not-confirmed", "It was not confirmed"),
    errors.NotFoundError: ProblemKind(404, "not-found", "Not found"),
    errors.JobNotFoundError: ProblemKind(404, "job-not-found", "There is no such job"),
    errors.VideoNotFoundError: ProblemKind(404, "video-not-found", "There is no such video"),
    errors.SearchNotFoundError: ProblemKind(
        404, "search-not-found", "There is no such saved search"
    ),
    errors.PresetNotFoundError: ProblemKind(
        404, "preset-not-found", "There is no such saved preset"
    ),
    errors.RuleNotFoundError: ProblemKind(404, "rule-not-found", "There is no such rule"),
    errors.DeliveryNotFoundError: ProblemKind(
        404, "delivery-not-found", "There is no such delivery"
    ),
    errors.PictureNotFoundError: ProblemKind(404, "picture-not-found", "There is no such picture"),
    errors.RecipeNotFoundError: ProblemKind(
        404, "recipe-not-found", "The video was not rendered here"
    ),
    errors.FolderNotFoundError: ProblemKind(404, "folder-not-found", "There is no such folder"),
    errors.TagNotFoundError: ProblemKind(404, "tag-not-found", "There is no such tag"),
    errors.EditError: ProblemKind(409, "edit-refused", "That cannot be changed"),
    errors.VideoChangedError: ProblemKind(412, "video-changed", "The video has changed"),
    errors.RevisionMissingError: ProblemKind(
        428, "precondition-required", "The edited version is required"
    ),
    errors.DuplicatesChangedError: ProblemKind(
        409, "duplicates-changed", "The duplicates are others now"
    ),
    errors.TagExistsError: ProblemKind(409, "tag-exists", "There is already such a tag"),
    errors.SearchExistsError: ProblemKind(
        409, "search-exists", "There is already such a saved search"
    ),
    errors.TooManySearchesError: ProblemKind(
        422, "too-many-searches", "There are too many saved searches"
    ),
    errors.PresetExistsError: ProblemKind(409, "preset-exists", "There is already such a preset"),
    errors.TooManyPresetsError: ProblemKind(
        422, "too-many-presets", "There are too many saved presets"
    ),
    errors.CollectionNotFoundError: ProblemKind(
        404, "collection-not-found", "There is no such collection"
    ),
    errors.CollectionExistsError: ProblemKind(
        409, "collection-exists", "There is already such a collection"
    ),
    errors.CollectionChangedError: ProblemKind(
        412, "collection-changed", "The collection has changed"
    ),
    errors.CollectionFullError: ProblemKind(
        422, "collection-full", "The collection has too many videos"
    ),
    errors.TooManyCollectionsError: ProblemKind(
        422, "too-many-collections", "There are too many collections"
    ),
    errors.MarkerNotFoundError: ProblemKind(404, "marker-not-found", "There is no such marker"),
    errors.MarkerChangedError: ProblemKind(412, "marker-changed", "The marker has changed"),
    errors.TooManyMarkersError: ProblemKind(422, "too-many-markers", "There are too many markers"),
    errors.NotInCollectionError: ProblemKind(
        409, "not-in-collection", "The video is not in the collection"
    ),
    errors.TooManyRulesError: ProblemKind(422, "too-many-rules", "There are too many rules"),
    errors.RuleRefusedError: ProblemKind(422, "rule-refused", "The rule cannot be made"),
    errors.SettingFixedError: ProblemKind(
        409, "setting-fixed", "The setting is fixed by the environment"
    ),
    errors.SettingsChangedError: ProblemKind(412, "settings-changed", "The settings have changed"),
    errors.RootRefusedError: ProblemKind(
        422, "root-refused", "The library folder cannot be added or removed"
    ),
    errors.TooManyTagsError: ProblemKind(422, "too-many-tags", "A video has too many tags"),
    errors.EditMismatchError: ProblemKind(409, "edit-mismatch", "That belongs to another edit"),
    errors.EditActiveError: ProblemKind(409, "edit-active", "The edit is still running"),
    errors.UndoEndedError: ProblemKind(410, "undo-ended", "The edit can no longer be undone"),
    errors.UndoNotFoundError: ProblemKind(404, "undo-not-found", "There is no such edit"),
    errors.WebhookRefusedError: ProblemKind(
        422, "webhook-refused", "The webhook must not be called"
    ),
    errors.PathOutsideRootsError: ProblemKind(
        403, "path-outside-roots", "The path is outside the configured roots"
    ),
    errors.ForgettingChangedError: ProblemKind(
        409, "forgetting-changed", "The videos to forget have changed"
    ),
    errors.BackupError: ProblemKind(409, "backup-failure", "The backup cannot be made or used"),
    errors.InvalidCursorError: ProblemKind(422, "invalid-cursor", "The cursor is not valid"),
    errors.JobError: ProblemKind(409, "job-conflict", "That cannot be done to this job"),
    errors.JobFinishedError: ProblemKind(409, "job-finished", "The job has already ended"),
    errors.JobNotPausableError: ProblemKind(409, "job-not-pausable", "The job is being stopped"),
    errors.MarkerOutsideVideoError: ProblemKind(
        422, "marker-outside-video", "The marker lies outside the video"
    ),
    errors.JobNotWaitingError: ProblemKind(409, "job-not-waiting", "The job does not wait"),
    errors.JobOrderError: ProblemKind(409, "job-order", "The jobs are not in one queue"),
    errors.JobNotPausedError: ProblemKind(409, "job-not-paused", "The job is not paused"),
    errors.JobActiveError: ProblemKind(409, "job-active", "The job has not ended yet"),
    errors.UnknownJobKindError: ProblemKind(
        409, "unknown-job-kind", "This server does not run jobs of this kind"
    ),
    errors.IllegalTransitionError: ProblemKind(
        409, "illegal-transition", "The job cannot go to that state"
    ),
    errors.NoLongerMineError: ProblemKind(409, "attempt-over", "The attempt of the job is over"),
    errors.QueueClosedError: ProblemKind(503, "queue-closed", "The server is shutting down"),
    errors.ScanError: ProblemKind(409, "scan-failure", "The scan cannot be done"),
    errors.ScanEndedError: ProblemKind(409, "scan-ended", "The scan has ended"),
    errors.RootUnavailableError: ProblemKind(409, "root-unavailable", "The root cannot be read"),
    errors.RootEmptyError: ProblemKind(409, "root-empty", "The root is suddenly empty"),
    errors.RenderRefusedError: ProblemKind(422, "render-refused", "The request cannot be rendered"),
    errors.TimelineRefusedError: ProblemKind(
        422, "timeline-refused", "The timeline cannot be rendered"
    ),
    errors.RenderNotPlannedError: ProblemKind(504, "render-not-planned", "Planning took too long"),
    errors.NotPlayableError: ProblemKind(422, "not-playable", "It cannot be played that way"),
    errors.PlaybackBusyError: ProblemKind(503, "playback-busy", "Too many videos are converted"),
    errors.PlaybackSupersededError: ProblemKind(
        409, "playback-superseded", "The player asks for another part"
    ),
    errors.OutputError: ProblemKind(409, "output-failure", "The output cannot be saved"),
    errors.OutputFolderError: ProblemKind(
        409, "output-folder-unusable", "The folder for rendered files cannot be used"
    ),
    errors.OutputSpaceError: ProblemKind(
        507, "output-space", "There is too little space for rendered files"
    ),
    errors.OutputFaultError: ProblemKind(502, "output-fault", "The output is not as planned"),
    errors.BatchFailedError: ProblemKind(502, "batch-failed", "No video was rendered"),
    errors.MediaProcessError: ProblemKind(503, "process-failure", "A media process failed"),
    errors.ProcessNotStartedError: ProblemKind(
        503, "process-not-started", "A media process could not be started"
    ),
    errors.ProcessTimeoutError: ProblemKind(503, "process-timeout", "A media process was too slow"),
    errors.ProcessStalledError: ProblemKind(503, "process-stalled", "A media process stalled"),
    errors.DiskFullError: ProblemKind(507, "disk-full", "The disk is full"),
    errors.ProcessCrashedError: ProblemKind(503, "process-crashed", "A media process died"),
    errors.ProcessOutputError: ProblemKind(
        503, "process-output", "A media process printed too much"
    ),
    errors.MediaError: ProblemKind(422, "bad-file", "The file cannot be used"),
    errors.FileVanishedError: ProblemKind(404, "file-vanished", "The file is gone"),
    errors.FileUnreadableError: ProblemKind(409, "file-unreadable", "The file cannot be read"),
    errors.InvalidMediaError: ProblemKind(
        422, "invalid-media", "The file is not a valid media file"
    ),
    errors.ProbeTimeoutError: ProblemKind(503, "probe-timeout", "Reading the file took too long"),
    errors.ProbeCrashedError: ProblemKind(422, "probe-crashed", "Reading the file crashed"),
}


def kind_of(error: errors.StoatFerretError | type[errors.StoatFerretError]) -> ProblemKind:
    """Return the kind of `error`: that of its class, or of the nearest parent in the table."""
    cls = error if isinstance(error, type) else type(error)
    return next(PROBLEMS[parent] for parent in cls.__mro__ if parent in PROBLEMS)


def kind_of_status(status: int) -> ProblemKind:
    """Return the kind for an error status of the framework."""
    return _BY_STATUS.get(status) or ProblemKind(status, f"http-{status}", "The request failed")


def problem_response(
    scope: Scope,
    kind: ProblemKind,
    detail: str,
    *,
    field_errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem response to the request in `scope`; `detail` is an actionable sentence."""
    problem = Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=for_display(detail),
        instance=for_display(scope["path"]),
        request_id=scope.get("state", {}).get("request_id"),
        errors=list(field_errors) or None,
    )
    return Response(
        problem.model_dump_json(exclude_none=True),
        kind.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers=headers,
    )


def problem_body(kind: ProblemKind, detail: str) -> bytes:
    """Return the body of a response if there is no complete request."""
    problem = Problem(type=kind.type, title=kind.title, status=kind.status, detail=detail)
    return problem.model_dump_json(exclude_none=True).encode()


def field_errors(found: Iterable[Mapping[str, object]]) -> list[FieldError]:
    """Convert validation errors of pydantic, without the input, which may be long or secret."""
    return [
        FieldError(
            location=for_display(".".join(map(str, error["loc"])))  # type: ignore[call-overload]  # a tuple
            if error["loc"]
            else "body",
            message=for_display(errors.plain_fault(str(error["msg"]))),
            code=str(error["type"]),
        )
        for error in found
    ]


log = structlog.get_logger(__name__)

_MOST_ERRORS = 20
"""The most errors to list for one request; a body may contain thousands."""


def install_error_handlers(app: FastAPI) -> None:
    """Make `app` respond to every error with problem+json."""
    app.add_exception_handler(StoatFerretError, _handle_own_error)
    app.add_exception_handler(RequestValidationError, _handle_malformed)
    app.add_exception_handler(HTTPException, _handle_http_error)


async def _handle_own_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoatFerretError)  # noqa: S101  only registered for this class
    kind = kind_of(error)
    if kind.status >= 500:
        log.error("request_failed", problem=kind.slug, detail=str(error))
    headers = {"retry-after": "5"} if isinstance(error, QueueClosedError) else None
    found = []
    if error.location is not None:
        location, message = for_display(f"body.{error.location}"), for_display(str(error))
        found.append(FieldError(location=location, message=message, code="refused"))
    detail = _sentence(error)
    return problem_response(request.scope, kind, detail, field_errors=found, headers=headers)


def _sentence(error: StoatFerretError) -> str:
    """Return what happened and what to do; for a program, only its last output is known."""
    if isinstance(error, MediaProcessError):
        return f"{str(error).removesuffix('.')}. See `stoat-ferret doctor` for what is wrong."
    return str(error)


async def _handle_malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  only registered for this class
    found = field_errors(error.errors()[:_MOST_ERRORS])
    detail = "; ".join(f"{one.location}: {one.message}" for one in found[:3])
    return problem_response(
        request.scope, MALFORMED, f"The request is malformed: {detail}.", field_errors=found
    )


async def _handle_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  only registered for this class
    kind = kind_of_status(error.status_code)
    detail, headers = str(error.detail), dict(error.headers or {})
    if kind is NO_SUCH_ADDRESS:
        detail = f"There is nothing at {request.url.path}. The calls are in /api/v1/openapi.json."
    elif kind is METHOD_REFUSED:
        headers = {"allow": ", ".join(_allowed(request))}
        detail = f"{request.method} is not allowed here; {headers['allow']} is."
    return problem_response(request.scope, kind, detail, headers=headers)


def _allowed(request: Request) -> list[str]:
    """Return the methods of all routes at this address; the framework only considers the first."""
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.path_regex.match(request.scope["path"]):
            methods.update(route.methods or ())
    return sorted(methods)
