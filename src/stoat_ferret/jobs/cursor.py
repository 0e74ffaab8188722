"""The place in a list of jobs where the next page begins, as text for the outside."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import NamedTuple

from stoat_ferret.errors import InvalidCursorError


class JobCursor(NamedTuple):
    """The last job of the page before."""

    created_at: datetime
    id: str

    def encode(self) -> str:
        """Text that is safe in a URL."""
        text = json.dumps([self.created_at.isoformat(), self.id])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> JobCursor:
        """The place that `encode` wrote down. Raises `InvalidCursorError`."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            created_at, job_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            moment = datetime.fromisoformat(created_at).astimezone(UTC)
        except (
            binascii.Error,
            OverflowError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise InvalidCursorError from error
        if not isinstance(job_id, str) or not job_id.isascii():
            raise InvalidCursorError
        return cls(moment, job_id)
