"""Webhooks reach public addresses only, in whatever form an address is written."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from stoat_ferret.errors import WebhookRefusedError
from stoat_ferret.rules.addresses import CheckedNetwork, is_public

PUBLIC = """
8.8.8.8 1.1.1.1 172.32.0.1 2606:4700::1111 2a00:1450:4001:80b::200e
::ffff:8.8.8.8 64:ff9b::808:808
""".split()
PRIVATE = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.1.2.3 169.254.169.254 172.16.0.1 192.0.0.1
192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 203.0.113.1 224.0.0.1 239.1.1.1
240.0.0.1 255.255.255.255
:: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::a00:1 64:ff9b::7f00:1 64:ff9b:1::808:808
100::1 2001::1 2001:db8::1 2002:a00:1:: 2002:808:808:: 3fff::1 5f00::1 fc00::1 fd12::1 fe80::1
fe80::1%eth0 fec0::1 ff02::1 ff0e::1
""".split()


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_any_other_address_is_not(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", PRIVATE[0], "::1", "::ffff:127.0.0.1", "2130706433", "0x7f.1"],
)
async def test_a_private_address_is_not_connected_to(host: str) -> None:
    with pytest.raises(WebhookRefusedError, match="not a public address"):
        await CheckedNetwork(()).connect_tcp(host, 9)
    other = CheckedNetwork([ip_network("10.0.0.0/8")])
    with pytest.raises(WebhookRefusedError):
        await other.connect_tcp(host, 9)
