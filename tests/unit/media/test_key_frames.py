"""NAL units are found in packets of H.264, whatever is in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.media.libav_key_frames import nal_length_bytes, nal_units, recovery_frames

units = st.lists(st.binary(min_size=1, max_size=20).map(lambda data: data.replace(b"\0", b"\1")))


@given(units=units, length_bytes=st.sampled_from([1, 2, 4]))
def test_units_with_their_lengths_are_found(units: list[bytes], length_bytes: int) -> None:
    packet = b"".join(len(one).to_bytes(length_bytes, "big") + one for one in units)
    assert list(nal_units(packet, length_bytes)) == units


@given(units=units, code=st.sampled_from([b"\0\0\1", b"\0\0\0\1"]))
def test_units_between_start_codes_are_found(units: list[bytes], code: bytes) -> None:
    packet = b"".join(code + one for one in units)
    assert list(nal_units(packet, 0)) == units


@given(packet=st.binary(max_size=200), length_bytes=st.sampled_from([0, 1, 2, 3, 4]))
def test_any_packet_has_an_end(packet: bytes, length_bytes: int) -> None:
    found = list(nal_units(packet, length_bytes))
    assert sum(map(len, found)) <= len(packet)
    for unit in found:
        assert (recovery_frames(unit) or 0) >= 0


@given(extradata=st.none() | st.binary(max_size=20))
def test_only_a_configuration_has_a_size_of_lengths(extradata: bytes | None) -> None:
    size = nal_length_bytes(extradata)
    assert size in range(5)
    if not extradata or extradata[0] != 1:
        assert size == 0


def test_a_recovery_point_says_after_how_many_pictures() -> None:
    other = bytes([5, 2, 1, 1])
    assert recovery_frames(bytes([6]) + other + bytes([6, 1, 0b10000000, 0x80])) == 0
    # Exp-Golomb code 000001100 for 11.
    assert recovery_frames(bytes([6, 6, 2, 0b00011000, 0b01000000, 0x80])) == 11
    assert recovery_frames(bytes([6]) + other + b"\x80") is None
    assert recovery_frames(bytes([6, 255, 255])) is None
