"""The front door: a page that says what this is, and asks for the token where one is needed."""

from collections.abc import Iterable
from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from stoat_ferret import __version__
from stoat_ferret.api.dependencies import ServicesDep, SignedInDep
from stoat_ferret.api.schemas.text import display
from stoat_ferret.api.security import SESSION_PATH
from stoat_ferret.bootstrap import Services
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.library.video_query import VideoQuery

router = APIRouter(include_in_schema=False)

_ADDRESSES = ("/health/ready", "/api/v1/videos", "/api/v1/jobs", "/api/v1/openapi.json", "/metrics")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>stoat-ferret</title>
</head>
<body>
<div id="root">
<main>
<h1>stoat-ferret</h1>
<p>A self-hosted video library that stays responsive while it works. Version {version}.</p>
{content}
</main>
</div>
</body>
</html>
"""

_SIGN_IN_FORM = """<form id="sign-in">
<p><label for="token">Token of this server</label>
<input id="token" type="password" autocomplete="current-password" required autofocus></p>
<p><button>Sign in</button></p>
<p id="outcome" role="alert"></p>
</form>
<script src="/sign-in.js"></script>"""

_SIGN_IN_SCRIPT = f"""const form = document.getElementById("sign-in");
form.addEventListener("submit", async (event) => {{
  event.preventDefault();
  const outcome = document.getElementById("outcome");
  outcome.textContent = "";
  try {{
    const answer = await fetch("{SESSION_PATH}", {{
      method: "POST",
      headers: {{ "content-type": "application/json" }},
      body: JSON.stringify({{ token: document.getElementById("token").value }}),
    }});
    if (answer.ok) location.reload();
    else outcome.textContent = "This is not the token of this server.";
  }} catch {{
    outcome.textContent = "The server does not answer.";
  }}
}});
"""


@router.get("/")
async def show_home(services: ServicesDep, signed_in: SignedInDep) -> HTMLResponse:
    """The page; without the token, only the form to send it."""
    content = await _overview(services) if signed_in else _SIGN_IN_FORM
    page = _PAGE.format(version=escape(__version__), content=content)
    return HTMLResponse(page, headers={"cache-control": "no-store"})


@router.get("/sign-in.js")
async def get_sign_in_script() -> Response:
    """The script of the form."""
    return Response(_SIGN_IN_SCRIPT, media_type="text/javascript")


async def _overview(services: Services) -> str:
    roots = [f"<code>{escape(display(root.path))}</code>" for root in services.roots]
    counts = [
        f'<a href="/api/v1/videos?status={status}">{status}</a>: {await _count(services, status):,}'
        for status in VideoStatus
    ]
    addresses = [f'<a href="{path}">{path}</a>' for path in _ADDRESSES]
    default = (
        "<p>No root was named, so this is the default: name yours in <code>STOAT_ROOTS</code> or "
        "as arguments of <code>stoat-ferret serve</code>.</p>"
        if services.settings.roots_are_default
        else ""
    )
    return f"""<h2>Roots</h2>
<ul>
{_items(roots)}
</ul>
{default}
<h2>Videos</h2>
<ul>
{_items(counts)}
</ul>
<h2>Addresses</h2>
<ul>
{_items(addresses)}
</ul>"""


async def _count(services: Services, status: VideoStatus) -> int:
    query = VideoQuery(status=frozenset({status}), limit=1)
    return (await services.videos.find(query)).total


def _items(entries: Iterable[str]) -> str:
    return "\n".join(f"<li>{entry}</li>" for entry in entries)
