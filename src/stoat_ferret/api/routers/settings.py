"""Routes of the settings that can be changed while the server runs."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from stoat_ferret.api.dependencies import LibraryDep
from stoat_ferret.api.etags import REVISION_HEADER, etag, revisions
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.settings import SettingsPatch, SettingsResponse
from stoat_ferret.errors import (
    ConfigurationError,
    RevisionMissingError,
    SettingFixedError,
    SettingsChangedError,
)

router = APIRouter(prefix="/api/v1/settings", tags=["settings"])

IfMatch = Annotated[
    str | None,
    Header(max_length=1000, description="The ETag of the edited settings, or `*` for any."),
]


@router.get(
    "",
    summary="Get the settings",
    responses={200: {"headers": REVISION_HEADER}, **problems()},
)
async def get_settings(library: LibraryDep, response: Response) -> SettingsResponse:
    """Return the settings in effect that can be changed, and which of them are fixed.

    See `GET /roots` for the library folders.
    """
    response.headers["etag"] = etag(library.server_settings.stored.revision)
    return SettingsResponse.from_settings(library.server_settings)


@router.patch(
    "",
    summary="Change settings",
    responses={
        200: {"headers": REVISION_HEADER},
        **problems(
            SettingFixedError,
            SettingsChangedError,
            RevisionMissingError,
            ConfigurationError,
            body=True,
        ),
    },
)
async def change_settings(
    patch: SettingsPatch, library: LibraryDep, response: Response, if_match: IfMatch = None
) -> SettingsResponse:
    """Change settings at once, all of them or none; they are kept in the data folder.

    Those that the environment or a flag of the server sets are fixed.
    """
    settings = library.server_settings
    await settings.change(patch.changes(), revisions=revisions(if_match))
    response.headers["etag"] = etag(settings.stored.revision)
    return SettingsResponse.from_settings(settings)
