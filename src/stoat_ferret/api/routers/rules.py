"""Routes of rules: list, make, try, change and delete them, and what they did."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from stoat_ferret.api.dependencies import LibraryDep, RulesDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.rules import (
    DeliveryListQuery,
    DeliveryPageResponse,
    DeliveryResponse,
    RuleBody,
    RulePatch,
    RulePreviewBody,
    RulePreviewResponse,
    RuleResponse,
    RulesResponse,
    RunListQuery,
    RunPageResponse,
    RunResponse,
)
from stoat_ferret.errors import (
    DeliveryNotFoundError,
    InvalidCursorError,
    RenderRefusedError,
    RuleNotFoundError,
    RuleRefusedError,
    SearchNotFoundError,
    TooManyRulesError,
)
from stoat_ferret.rules.definition import RuleDefinition
from stoat_ferret.rules.deliveries import DeliveryStore
from stoat_ferret.rules.preview import preview_rule
from stoat_ferret.rules.store import RuleChange

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])

RuleId = Annotated[
    str,
    Path(
        max_length=64,
        description="The id of a rule.",
        examples=["0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11"],
    ),
]


@router.get("", summary="List rules", responses=problems())
async def list_rules(rules: RulesDep) -> RulesResponse:
    """List all rules with the numbers of their runs, oldest first."""
    return RulesResponse(items=[RuleResponse.from_rule(rule) for rule in await rules.find()])


@router.post(
    "",
    summary="Make a rule",
    status_code=201,
    responses=problems(TooManyRulesError, RuleRefusedError, RenderRefusedError, body=True),
)
async def add_rule(body: RuleBody, rules: RulesDep) -> RuleResponse:
    """Make a rule. It concerns what happens from now on, and existing videos on request.

    If it has a webhook, the answer has the key that signs its calls.
    """
    rule = await rules.add(
        body.name,
        body.definition,
        enabled=body.enabled,
        include_existing=body.include_existing,
    )
    return RuleResponse.from_rule(rule, secret=rule.secret)


@router.post(
    "/preview",
    summary="Try a rule",
    responses=problems(SearchNotFoundError, RenderRefusedError, body=True),
)
async def preview(body: RulePreviewBody, library: LibraryDep) -> RulePreviewResponse:
    """Return what a rule would do with existing videos, without doing any of it."""
    found = await preview_rule(library.database, body.definition, rule_id=body.rule_id)
    return RulePreviewResponse.from_preview(found)


@router.get("/{rule_id}", summary="Get a rule", responses=problems(RuleNotFoundError))
async def get_rule(rule_id: RuleId, rules: RulesDep) -> RuleResponse:
    """Return a rule with the numbers of its runs."""
    return RuleResponse.from_rule(await rules.get(rule_id))


@router.patch(
    "/{rule_id}",
    summary="Change a rule",
    responses=problems(RuleNotFoundError, RuleRefusedError, RenderRefusedError, body=True),
)
async def change_rule(rule_id: RuleId, patch: RulePatch, rules: RulesDep) -> RuleResponse:
    """Change a rule, or turn it on or off.

    If it is turned on or looks for other videos, it begins anew: it concerns what happens from now
    on, but never a version of a video that it ran on.
    """
    old = await rules.get(rule_id)
    change = RuleChange(
        name=patch.name,
        enabled=patch.enabled,
        definition=_changed(patch, old.definition),
        include_existing=patch.include_existing,
        new_secret=patch.new_secret,
    )
    rule = await rules.change(rule_id, change)
    secret = rule.secret if rule.secret != old.secret else None
    return RuleResponse.from_rule(rule, secret=secret)


def _changed(patch: RulePatch, old: RuleDefinition) -> RuleDefinition | None:
    try:
        return patch.definition(old)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        listed = [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
        raise RequestValidationError(listed) from error


@router.delete(
    "/{rule_id}",
    summary="Delete a rule",
    status_code=204,
    response_model=None,
    responses=problems(RuleNotFoundError, body=True),
)
async def delete_rule(rule_id: RuleId, rules: RulesDep) -> Response:
    """Delete a rule and its history. Its jobs go on, and what it made stays."""
    await rules.delete(rule_id)
    return Response(status_code=204)


@router.get(
    "/{rule_id}/runs",
    summary="List the runs of a rule",
    responses=problems(RuleNotFoundError, InvalidCursorError),
)
async def list_runs(
    rule_id: RuleId, query: Annotated[RunListQuery, Query()], rules: RulesDep
) -> RunPageResponse:
    """List what a rule did, one run for each video and version, newest first."""
    page = await rules.runs(rule_id, state=query.state, limit=query.limit, cursor=query.cursor)
    return RunPageResponse(
        items=[RunResponse.from_run(run) for run in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.get(
    "/{rule_id}/deliveries",
    summary="List the webhook calls of a rule",
    responses=problems(RuleNotFoundError, InvalidCursorError),
)
async def list_deliveries(
    rule_id: RuleId, query: Annotated[DeliveryListQuery, Query()], library: LibraryDep
) -> DeliveryPageResponse:
    """List the calls of a rule's webhook, newest first; those that ended are kept for 30 days."""
    store = DeliveryStore(library.database)
    page = await store.find(rule_id, state=query.state, limit=query.limit, cursor=query.cursor)
    return DeliveryPageResponse(
        items=[DeliveryResponse.from_delivery(one) for one in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.post(
    "/{rule_id}/deliveries/{delivery_id}/retry",
    summary="Call a webhook again",
    status_code=202,
    responses=problems(RuleNotFoundError, DeliveryNotFoundError, body=True),
)
async def retry_delivery(
    rule_id: RuleId,
    delivery_id: Annotated[
        str,
        Path(
            max_length=64,
            description="The id of a delivery.",
            examples=["0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e13"],
        ),
    ],
    library: LibraryDep,
) -> DeliveryResponse:
    """Make a call soon, whether it failed, waits or was made, and again as often as a new one."""
    store = DeliveryStore(library.database)
    return DeliveryResponse.from_delivery(await store.retry(rule_id, delivery_id))
