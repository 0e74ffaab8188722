"""Trusted proxies, as people write them and as sockets name them."""

from __future__ import annotations

import pytest

from stoat_ferret.api.server import with_mapped_addresses
from stoat_ferret.cli.options import read_settings
from stoat_ferret.errors import ConfigurationError


def test_addresses_and_networks_are_taken() -> None:
    settings = read_settings(trusted_proxies="127.0.0.1, 10.0.0.0/8,fd00::/8")
    assert settings.trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize("written", ["*", "proxy.example", "10.0.0.1/8", "127.0.0.1,,x"])
def test_what_is_no_address_is_a_sentence(written: str) -> None:
    with pytest.raises(ConfigurationError, match="STOAT_TRUSTED_PROXIES cannot be used"):
        read_settings(trusted_proxies=written)


def test_a_socket_for_both_families_names_addresses_of_the_old_one_in_its_own_way() -> None:
    assert with_mapped_addresses(["10.0.0.0/8", "fd00::/8"]) == [
        "10.0.0.0/8",
        "fd00::/8",
        "::ffff:10.0.0.0/104",
    ]
