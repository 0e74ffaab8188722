"""Messages are signed and tried again as Standard Webhooks describes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stoat_ferret.rules.store import new_secret
from stoat_ferret.rules.webhook import JITTER, RETRY_SECONDS, judge, next_attempt, sign

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_signature_is_the_one_of_the_specification() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  of its reference implementation
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_differ_and_others_are_refused() -> None:
    assert len({new_secret() for _ in range(10)}) == 10
    with pytest.raises(ValueError, match="base64"):
        sign("whsec_!", "id", 1, "")


def test_a_call_is_tried_again_ever_later_for_about_a_day() -> None:
    total = timedelta()
    for attempts, seconds in enumerate(RETRY_SECONDS, 1):
        again = next_attempt(attempts, NOW)
        assert again is not None
        assert (1 - JITTER) * seconds <= (again - NOW).total_seconds() <= (1 + JITTER) * seconds
        total += timedelta(seconds=seconds)
    assert next_attempt(len(RETRY_SECONDS) + 1, NOW) is None
    assert timedelta(hours=20) < total < timedelta(hours=36)
    assert len({next_attempt(1, NOW) for _ in range(10)}) > 1, "not all at once"


@pytest.mark.parametrize(
    ("status", "delivered", "final"),
    [(200, True, False), (204, True, False), (302, False, False), (410, False, True)]
    + [(status, False, False) for status in (400, 404, 429, 500, 503)],
)
def test_the_status_of_an_answer_decides(status: int, delivered: bool, final: bool) -> None:
    answer = judge(status)
    assert (answer.is_delivered, answer.is_final) == (delivered, final)
