"""Messages of webhooks, signed and tried again as https://www.standardwebhooks.com describes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from stoat_ferret.rules.store import SECRET_PREFIX

if TYPE_CHECKING:
    from datetime import datetime

RETRY_SECONDS = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
"""The times between attempts, over a day altogether, as Standard Webhooks recommends them."""
JITTER = 0.2
"""The part by which a time is longer or shorter at random, so that calls do not come at once."""
_GONE = 410


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a call: its status, if there is one, and why it failed, if it did.

    A call that `is_final` is not tried again.
    """

    status_code: int | None = None
    error: str | None = None
    is_final: bool = False

    @property
    def is_delivered(self) -> bool:
        """True if the receiver has accepted the call."""
        return self.error is None


def sign(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """Return the signature of a message. Raises `ValueError` for a secret that is none."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("the secret is not in base64") from error
    content = f"{message_id}.{timestamp}.{body}".encode()
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when a call that was tried `attempts` times is tried again; None if never."""
    if attempts > len(RETRY_SECONDS):
        return None
    delay = RETRY_SECONDS[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  no secret
    return now + timedelta(seconds=delay)


def judge(status: int) -> Answer:
    """Return the outcome of a call that was answered with `status`."""
    if 200 <= status < 300:
        return Answer(status)
    if status == _GONE:
        return Answer(status, "It is gone (410), and wants no more calls.", is_final=True)
    if 300 <= status < 400:
        return Answer(status, f"It redirects ({status}), which is not followed.")
    return Answer(status, f"It answered with status {status}.")
