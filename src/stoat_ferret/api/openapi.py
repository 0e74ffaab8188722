"""The OpenAPI document beyond what FastAPI generates: error responses, and its delivery."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi.responses import JSONResponse, Response

from stoat_ferret import errors
from stoat_ferret.api.problems import (
    HOST_REFUSED,
    INTERNAL,
    MALFORMED,
    ORIGIN_REFUSED,
    PROBLEM_MEDIA_TYPE,
    TOO_LARGE,
    TOO_MANY_WRONG_TOKENS,
    UNAUTHORIZED,
    UNREADABLE,
    ProblemKind,
    kind_of,
)
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.page import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastapi import FastAPI, Request
    from fastapi.routing import APIRoute

Responses = dict[int | str, dict[str, Any]]

_ALWAYS = (HOST_REFUSED, MALFORMED, INTERNAL)
_GUARDED = (UNAUTHORIZED, TOO_MANY_WRONG_TOKENS, kind_of(errors.DatabaseError))
_WITH_BODY = (UNREADABLE, ORIGIN_REFUSED, TOO_LARGE)

_TEMPLATE = "#/components/schemas/{model}"


def problems(
    *kinds: ProblemKind | type[errors.StoatFerretError], body: bool = False, open_: bool = False
) -> Responses:
    """Return the error responses of a call, each with an example.

    `kinds` are added to those of every call; set `body` if it has a body, `open_` if it needs
    neither the token nor the database.
    """
    every = (*_ALWAYS, *(() if open_ else _GUARDED), *(_WITH_BODY if body else ()), *kinds)
    responses: Responses = {}
    for one in every:
        kind = one if isinstance(one, ProblemKind) else kind_of(one)
        response = responses.setdefault(kind.status, _empty_response())
        examples = response["content"][PROBLEM_MEDIA_TYPE]["examples"]
        examples[kind.slug] = {"summary": kind.title, "value": _example(kind)}
        response["description"] = "; ".join(one["summary"] for one in examples.values()) + "."
    return dict(sorted(responses.items()))


class ApiDescription:
    """The OpenAPI document of `app`, generated once, for the first client that requests it.

    Generating it takes some tenths of a second, so a thread does it: it delays neither the start of
    the server nor other requests.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._body: asyncio.Future[bytes] | None = None

    async def respond(self, _request: Request) -> Response:
        """Respond with the document."""
        if self._body is None:
            self._body = asyncio.get_running_loop().run_in_executor(None, self._make)
        # Shielded: others may wait for it when one client disconnects.
        return Response(await asyncio.shield(self._body), media_type="application/json")

    def _make(self) -> bytes:
        return bytes(JSONResponse(self._app.openapi()).body)


def describe_with(app: FastAPI, paths: Sequence[str]) -> Callable[[], dict[str, Any]]:
    """Return a function that adds the schemas that no route uses to `app`'s document.

    The responses of `problems` and the stream of events refer to them. The document has its paths
    in the order of `paths`.
    """
    describe = app.openapi

    def describe_all() -> dict[str, Any]:
        document = describe()  # the same one each time
        document["paths"] = dict(
            sorted(document["paths"].items(), key=lambda item: paths.index(item[0]))
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for model in (Problem, LibraryEvent):
            if model.__name__ not in schemas:
                schema = model.model_json_schema(ref_template=_TEMPLATE)
                schemas.update(schema.pop("$defs", {}))
                schemas[model.__name__] = schema
        return document

    return describe_all


def operation_id(route: APIRoute) -> str:
    """Return the function's name: short, and stable if an address changes."""
    return route.name


def _empty_response() -> dict[str, Any]:
    schema = {"$ref": _TEMPLATE.format(model="Problem")}
    return {"content": {PROBLEM_MEDIA_TYPE: {"schema": schema, "examples": {}}}}


def _example(kind: ProblemKind) -> dict[str, Any]:
    return {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": "A sentence that says what happened and what to do.",
        "request_id": "5f0c7a1c9f2b4b7c8a6f5d1e3c2b1a09",
    }
