"""The packets of a video stream as ffprobe lists them, and what they say about its pictures."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from stoat_ferret.render.plan.source import CleanEnd, KeyFrame

if TYPE_CHECKING:
    from stoat_ferret.render.run.header import Header

PACKET_ENTRIES = "packet=pts,dts,duration,size,flags"
"""The entries to show of each packet, as an option of ffprobe."""
_JUMP = Fraction(1, 2)
_LONGEST_DELAY = Fraction(2)
"""More seconds than that are an error in the file."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet, with its times in seconds from the start of the file.

    `ticks` is its presentation time as it is in the file. One that is discarded is only there for
    the decoder: an edit list hides its picture.
    """

    shown_at: Fraction
    decoded_at: Fraction | None
    ticks: int
    duration: int
    is_key: bool
    is_discarded: bool = False
    size_bytes: int = 0


def parse_packets(document: dict[str, Any], header: Header) -> list[Packet]:
    """Parse ffprobe's list of packets, in the order of the file.

    Raises `ValueError` for any other document.
    """
    try:
        return [
            Packet(
                header.moment(int(packet["pts"])),
                header.moment(int(packet["dts"])) if "dts" in packet else None,
                int(packet["pts"]),
                int(packet.get("duration", 0)),
                "K" in packet.get("flags", ""),
                "D" in packet.get("flags", ""),
                int(packet.get("size", 0)),
            )
            for packet in document["packets"]
            if "pts" in packet
        ]
    except (KeyError, TypeError) as error:
        raise ValueError("no list of packets") from error


def key_frames(packets: list[Packet]) -> list[KeyFrame]:
    """Return the key frames among packets, in the order of the file."""
    keys = []
    earliest: Fraction | None = None
    # Backwards, so that the earliest picture shown after each key frame is known.
    for packet in reversed(packets):
        shown, decoded = packet.shown_at, packet.decoded_at
        if packet.is_key:
            is_clean = earliest is None or earliest >= shown
            delay = Fraction(0) if decoded is None else shown - decoded
            keys.append(KeyFrame(shown, is_clean, delay=delay))
            earliest = None
        else:
            earliest = shown if earliest is None else min(earliest, shown)
    return keys[::-1]


def clean_ends(packets: list[Packet]) -> list[CleanEnd]:
    """Return the positions that all pictures shown before them precede in the file."""
    latest_before = accumulate((packet.shown_at for packet in packets), max)
    earliest_after = [*accumulate((packet.shown_at for packet in reversed(packets)), min)][::-1]
    return [
        CleanEnd(earliest, packet.decoded_at)
        for packet, latest, earliest in zip(
            packets[1:], latest_before, earliest_after[1:], strict=False
        )
        if latest < earliest and packet.decoded_at is not None
    ]


def shown_ticks(packets: list[Packet], until: Fraction | None = None) -> array[int]:
    """Return the times of the pictures, sorted, from the first key frame `until` a time."""
    first = next((packet.ticks for packet in packets if packet.is_key), None)
    return array(
        "q",
        sorted(
            {
                packet.ticks
                for packet in packets
                if not packet.is_discarded
                # What is shown before the first key frame that was read may not be all there is.
                and (first is None or packet.ticks >= first)
                and (until is None or packet.shown_at < until)
            }
        ),
    )


def longest_delay(packets: list[Packet]) -> Fraction:
    """Return the longest time from the decoding of a picture to its display, in seconds."""
    delays = (
        packet.shown_at - packet.decoded_at for packet in packets if packet.decoded_at is not None
    )
    return min(max(delays, default=Fraction(0)), _LONGEST_DELAY)


def split_at_jump(packets: list[Packet]) -> tuple[list[Packet], list[Packet]]:
    """Split the packets of two parts of a file where those of the second part begin."""
    for at, (before, packet) in enumerate(pairwise(packets), start=1):
        if packet.is_key and not 0 <= packet.shown_at - before.shown_at <= _JUMP:
            return packets[:at], packets[at:]
    return packets, []


def mean_bytes(packets: list[Packet]) -> float | None:
    """Return the mean size of the packets; None if there are none, or if they do not say it."""
    sizes = [packet.size_bytes for packet in packets]
    return sum(sizes) / len(sizes) if all(sizes) and sizes else None


def is_start_hidden(packets: list[Packet]) -> bool:
    """Return whether the first picture that is shown needs ones that are discarded."""
    shown = [packet for packet in packets if not packet.is_discarded]
    first = min(shown, key=lambda packet: packet.ticks, default=None)
    return len(shown) < len(packets) and first is not None and not first.is_key


def end_of(packets: list[Packet], header: Header) -> Fraction | None:
    """Return the end of the last picture, in seconds from the start of the file; None if unknown.

    A picture of unknown duration lasts as long as the one before it.
    """
    times = shown_ticks([packet for packet in packets if not packet.is_discarded])
    return header.moment(times[-1]) + duration_of_last(packets, header) if times else None


def duration_of_last(packets: list[Packet], header: Header) -> Fraction:
    """Return the duration of the picture that is shown last, in seconds; 0 if it is unknown."""
    shown = [packet for packet in packets if not packet.is_discarded]
    last = max(shown, key=lambda packet: packet.ticks, default=None)
    times = shown_ticks(shown)
    before = times[-1] - times[-2] if len(times) > 1 else 0
    return ((last.duration if last else 0) or before) * header.time_base


def merged(runs: list[array[int]]) -> tuple[array[int], ...]:
    """Return sorted runs of times, with those that overlap as one."""
    found: list[array[int]] = []
    for run in sorted((run for run in runs if run), key=lambda run: run[0]):
        if found and run[0] <= found[-1][-1]:
            found[-1] = array("q", sorted({*found[-1], *run}))
        else:
            found.append(run)
    return tuple(found)
