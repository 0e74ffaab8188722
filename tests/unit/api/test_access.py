"""The rules of who may access the server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from stoat_ferret.api.access import AccessPolicy, bearer_token

TOKEN = SecretStr("correct horse battery staple")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8765",
        "localhost.:8765",
        "127.0.0.1:8765",
        "127.8.9.10",
        "[::1]:8765",
        "films.example:443",
        "Films.Example",
    ],
)
def test_own_names_are_answered_with_any_port(host: str) -> None:
    policy = AccessPolicy(host="127.0.0.1", allowed_hosts=["films.example"])
    assert policy.is_host_allowed(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8765",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example@localhost",
        "localhost/",
        "localhost:x",
        "192.168.1.5:8765",
        "[::1",
        "0.0.0.0:8765",
    ],
)
def test_other_names_are_refused(host: str) -> None:
    assert not AccessPolicy(host="127.0.0.1").is_host_allowed(host)


@pytest.mark.parametrize("wildcard", ["0.0.0.0", "::", "[::]", ""])  # noqa: S104  that is the case
def test_a_server_on_every_address_answers_addresses_and_no_other_name(wildcard: str) -> None:
    policy = AccessPolicy(host=wildcard, token=TOKEN)
    assert policy.is_host_allowed("192.168.1.5:8765")
    assert policy.is_host_allowed("[fe80::1]:8765")
    assert not policy.is_host_allowed("evil.example:8765")


def test_the_address_that_a_connection_came_in_on_is_answered() -> None:
    policy = AccessPolicy(host="attic.local", token=TOKEN)
    assert policy.is_host_allowed("attic.local:8765")
    assert policy.is_host_allowed("192.168.1.5:8765", local_address="192.168.1.5")
    assert not policy.is_host_allowed("192.168.1.6:8765", local_address="192.168.1.5")


@pytest.mark.parametrize(
    ("origin", "fetch_site"),
    [
        (None, None),
        (None, "same-origin"),
        (None, "none"),
        ("http://localhost:8765", "same-origin"),
        ("https://localhost:8765", None),
        ("https://films.example", None),
    ],
)
def test_own_pages_and_programs_are_let_in(origin: str | None, fetch_site: str | None) -> None:
    policy = AccessPolicy(host="127.0.0.1", allowed_hosts=["films.example"])
    assert policy.is_origin_allowed(origin, fetch_site, "localhost:8765")


@pytest.mark.parametrize(
    ("origin", "fetch_site"),
    [
        (None, "cross-site"),
        (None, "same-site"),
        ("null", None),
        ("", None),
        ("http://localhost:3000", None),
        ("http://localhost:8765.evil.example", None),
        ("http://evil.example", "same-origin"),
        ("http://[", None),
        ("file://localhost:8765", None),
    ],
)
def test_pages_of_other_sites_are_refused(origin: str | None, fetch_site: str | None) -> None:
    assert not AccessPolicy(host="127.0.0.1").is_origin_allowed(
        origin, fetch_site, "localhost:8765"
    )


def is_signed_in(policy: AccessPolicy, authorization: str | None, session: str | None) -> bool:
    token = bearer_token(authorization)
    return policy.is_session(session) or (token is not None and policy.is_token(token))


@given(st.text(), st.text())
def test_no_header_makes_the_rules_fail(host: str, origin: str) -> None:
    policy = AccessPolicy(host="0.0.0.0", token=TOKEN)  # noqa: S104  that is the case
    policy.is_host_allowed(host)
    policy.is_origin_allowed(origin, None, host)
    assert not is_signed_in(policy, host, origin)


def test_the_token_is_taken_as_a_header_or_as_a_session() -> None:
    policy = AccessPolicy(host="127.0.0.1", token=TOKEN)
    token = TOKEN.get_secret_value()
    assert is_signed_in(policy, f"Bearer {token}", None)
    assert is_signed_in(policy, f"bearer {token}", None)
    assert is_signed_in(policy, None, policy.session_value)


@pytest.mark.parametrize(
    ("authorization", "session"),
    [
        (None, None),
        ("", ""),
        ("Bearer ", None),
        ("Bearer wrong", None),
        ("Basic correct horse battery staple", None),
        ("correct horse battery staple", None),
        (None, "correct horse battery staple"),
        (None, "None"),
        ("Bearer \udcff", "\udcff"),
    ],
)
def test_anything_else_is_no_token(authorization: str | None, session: str | None) -> None:
    policy = AccessPolicy(host="127.0.0.1", token=TOKEN)
    assert not is_signed_in(policy, authorization, session)


def test_the_session_does_not_tell_the_token_and_ends_when_it_changes() -> None:
    policy = AccessPolicy(host="127.0.0.1", token=TOKEN)
    session = policy.session_value
    assert session
    assert TOKEN.get_secret_value() not in session
    other = AccessPolicy(host="127.0.0.1", token=SecretStr("another one"))
    assert not is_signed_in(other, None, session)


def test_without_a_token_everybody_is_signed_in() -> None:
    policy = AccessPolicy(host="127.0.0.1")
    assert is_signed_in(policy, None, None)
    assert policy.session_value is None
