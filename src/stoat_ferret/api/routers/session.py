"""Routes to sign in and out of browsers, which cannot send a header for events and pictures."""

from fastapi import APIRouter, Request, Response

from stoat_ferret.api.dependencies import PolicyDep, WrongTokensDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.problems import TOO_MANY_WRONG_TOKENS, UNAUTHORIZED
from stoat_ferret.api.schemas.session import SessionRequest
from stoat_ferret.api.security import (
    SESSION_COOKIE,
    SESSION_PATH,
    client_of,
    token_required,
    too_many_wrong_tokens,
)

router = APIRouter(prefix=SESSION_PATH, tags=["session"])

_COOKIE_SECONDS = 365 * 24 * 3600


@router.post(
    "",
    summary="Sign in",
    status_code=204,
    response_model=None,
    responses=problems(UNAUTHORIZED, TOO_MANY_WRONG_TOKENS, body=True, open_=True),
)
async def sign_in(
    body: SessionRequest, request: Request, policy: PolicyDep, wrong_tokens: WrongTokensDep
) -> Response:
    """Exchange the token for a cookie that scripts cannot read and other sites cannot use.

    It is valid until the token changes. A server without a token responds the same, without a
    cookie.
    """
    client = client_of(request.scope)
    if wait_seconds := wrong_tokens.seconds_to_wait(client):
        return too_many_wrong_tokens(request.scope, wait_seconds)
    if not policy.is_token(body.token):
        wrong_tokens.note(client)
        return token_required(request.scope)
    response = Response(status_code=204)
    if policy.session_value is not None:
        response.set_cookie(
            SESSION_COOKIE,
            policy.session_value,
            max_age=_COOKIE_SECONDS,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
    return response


@router.delete(
    "",
    summary="Sign out",
    status_code=204,
    response_model=None,
    responses=problems(body=True, open_=True),
)
async def sign_out() -> Response:
    """Delete the cookie of this browser."""
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return response
