"""The delay for clients that guess the token."""

from __future__ import annotations

import pytest

from stoat_ferret.api.security import MOST_WRONG, WINDOW_SECONDS, TokenRateLimiter


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wrong_tokens(clock: Clock) -> TokenRateLimiter:
    return TokenRateLimiter(clock)


def send(wrong_tokens: TokenRateLimiter, client: str | None, count: int = MOST_WRONG) -> None:
    for _ in range(count):
        wrong_tokens.note(client)


def test_who_sends_too_many_waits_until_the_minute_is_over(
    wrong_tokens: TokenRateLimiter, clock: Clock
) -> None:
    send(wrong_tokens, "10.0.0.1", MOST_WRONG - 1)
    assert wrong_tokens.seconds_to_wait("10.0.0.1") == 0
    clock.now += WINDOW_SECONDS / 2
    wrong_tokens.note("10.0.0.1")
    assert wrong_tokens.seconds_to_wait("10.0.0.1") == WINDOW_SECONDS / 2
    clock.now += WINDOW_SECONDS / 2
    assert wrong_tokens.seconds_to_wait("10.0.0.1") == 0


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        (None, None, True),
    ],
)
def test_only_the_network_of_the_guesser_waits(
    wrong_tokens: TokenRateLimiter, one: str | None, other: str | None, *, is_same: bool
) -> None:
    send(wrong_tokens, one)
    assert (wrong_tokens.seconds_to_wait(other) > 0) == is_same


def test_no_more_addresses_are_kept_than_fit(wrong_tokens: TokenRateLimiter) -> None:
    send(wrong_tokens, "10.0.0.1")
    for number in range(2000):
        wrong_tokens.note(f"10.1.{number // 256}.{number % 256}")
    assert wrong_tokens.seconds_to_wait("10.0.0.1") == 0
