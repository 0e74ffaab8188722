"""The channel layouts that codecs hold, and the one to encode that keeps each channel's place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stoat_ferret.media.media_info import AudioStream

Channels = frozenset[str]

_CHANNELS: dict[str, Channels] = {
    name: frozenset(channels.split("+"))
    for name, channels in (
        ("mono", "FC"),
        ("stereo", "FL+FR"),
        ("2.1", "FL+FR+LFE"),
        ("3.0", "FL+FR+FC"),
        ("3.0(back)", "FL+FR+BC"),
        ("4.0", "FL+FR+FC+BC"),
        ("quad", "FL+FR+BL+BR"),
        ("quad(side)", "FL+FR+SL+SR"),
        ("3.1", "FL+FR+FC+LFE"),
        ("5.0", "FL+FR+FC+BL+BR"),
        ("5.0(side)", "FL+FR+FC+SL+SR"),
        ("4.1", "FL+FR+FC+LFE+BC"),
        ("5.1", "FL+FR+FC+LFE+BL+BR"),
        ("5.1(side)", "FL+FR+FC+LFE+SL+SR"),
        ("6.0", "FL+FR+FC+BC+SL+SR"),
        ("6.0(front)", "FL+FR+FLC+FRC+SL+SR"),
        ("hexagonal", "FL+FR+FC+BL+BR+BC"),
        ("6.1", "FL+FR+FC+LFE+BC+SL+SR"),
        ("6.1(back)", "FL+FR+FC+LFE+BL+BR+BC"),
        ("6.1(front)", "FL+FR+LFE+FLC+FRC+SL+SR"),
        ("7.0", "FL+FR+FC+BL+BR+SL+SR"),
        ("7.0(front)", "FL+FR+FC+FLC+FRC+SL+SR"),
        ("7.1", "FL+FR+FC+LFE+BL+BR+SL+SR"),
        ("7.1(wide)", "FL+FR+FC+LFE+BL+BR+FLC+FRC"),
        ("7.1(wide-side)", "FL+FR+FC+LFE+FLC+FRC+SL+SR"),
        ("octagonal", "FL+FR+FC+BL+BR+BC+SL+SR"),
        ("downmix", "FL+FR"),
        ("3.1.2", "FL+FR+FC+LFE+TFL+TFR"),
        ("5.1.2", "FL+FR+FC+LFE+SL+SR+TFL+TFR"),
        ("5.1.2(back)", "FL+FR+FC+LFE+BL+BR+TFL+TFR"),
        ("cube", "FL+FR+BL+BR+TFL+TFR+TBL+TBR"),
        ("5.1.4", "FL+FR+FC+LFE+SL+SR+TFL+TFR+TBL+TBR"),
        ("7.1.2", "FL+FR+FC+LFE+BL+BR+SL+SR+TFL+TFR"),
        ("7.1.4", "FL+FR+FC+LFE+BL+BR+SL+SR+TFL+TFR+TBL+TBR"),
    )
}
"""The channels of FFmpeg's named layouts; a stereo downmix is stored as stereo."""

_USUAL = ("mono", "stereo", "2.1", "4.0", "5.0", "5.1", "6.1", "7.1")
"""The layouts that FFmpeg takes for 1 to 8 channels without a layout."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_VORBIS = _names("mono stereo 3.0 quad 5.0 5.1 6.1 7.1")
_HELD = {
    "opus": _VORBIS,
    "vorbis": _VORBIS,
    "flac": _VORBIS,
    "mp3": _names("mono stereo"),
    "alac": _names("mono stereo 3.0 4.0 5.0 5.1 6.1(back) 7.1(wide)"),
    "ac3": _names("mono stereo 2.1 3.0 3.0(back) 3.1 4.0 4.1 quad(side) 5.0(side) 5.1(side)"),
    "aac": _names(
        "mono stereo 2.1 3.0 3.0(back) 3.1 4.0 4.1 quad 5.0 5.1 hexagonal 6.1(back) 7.0 7.1 "
        "7.1(wide) octagonal"
    ),
}
"""The layouts that come back as they were when FFmpeg encodes and decodes, by codec."""
_MUXERS_WITH_PLACES = {"flac": {"matroska", "flac"}, "pcm": {"mov", "wav"}}
"""The muxers whose files say where each channel belongs, for any layout."""
_MOST_FLAC = 8
_STEREO = 2


def held_layouts(codec: str, muxer: str) -> tuple[str, ...]:
    """Return the named layouts that `codec` holds in a file of `muxer`, by FFmpeg's names."""
    is_pcm = codec.startswith("pcm")
    if muxer in _MUXERS_WITH_PLACES.get("pcm" if is_pcm else codec, set()):
        return tuple(
            name for name, channels in _CHANNELS.items() if is_pcm or len(channels) <= _MOST_FLAC
        )
    # PCM elsewhere has no field for it, and players take the usual layout.
    return _USUAL if is_pcm else _HELD.get(codec, _VORBIS)


def channel_count(layout: str) -> int:
    """Return the number of channels of a named layout."""
    return len(_CHANNELS[layout])


def choose_layout(
    streams: Sequence[AudioStream], codec: str, muxer: str
) -> tuple[str, tuple[str, ...]]:
    """Return the layout that keeps all channels of `streams`, and notes on what is changed.

    If `codec` holds none that does, it is the one that keeps most, without further channels if
    possible.
    """
    held = held_layouts(codec, muxer)
    notes = tuple(
        dict.fromkeys(
            _guess_note(stream.channels)
            for stream in streams
            if stream.channels > _STEREO and not _places(stream)
        )
    )
    wanted = _together([_places(stream) or _usual(stream) for stream in streams])
    if not wanted:
        return "stereo", ()
    for channels in (wanted, _swapped(wanted)):
        for name in held:
            if _CHANNELS[name] == channels:
                return name, notes
    name, kept = min(
        ((name, channels) for name in held for channels in (wanted, _swapped(wanted))),
        key=lambda pair: (
            len(pair[1] - _CHANNELS[pair[0]]),
            len(_CHANNELS[pair[0]] - pair[1]),
        ),
    )
    if kept <= _CHANNELS[name]:
        change = f"is stored as {name}, whose further channels are silent"
    else:
        change = f"is mixed down to {name}"
    source = _described(streams)
    place = f"{codec} in this kind of file" if codec.startswith("pcm") else codec
    return name, (*notes, f"The {source} sound {change}: {place} does not hold {source}.")


def channels_of(stream: AudioStream) -> Channels | None:
    """Return the channels of a stream, the usual ones for their number if the file does not say.

    None if they are others than FFmpeg's named layouts have.
    """
    known = _places(stream)
    if known is None and (stream.layout or "").startswith("ambisonic"):
        return None
    channels = known or _usual(stream)
    return channels if channels == known or len(channels) == stream.channels else None


def _places(stream: AudioStream) -> Channels | None:
    """Return the places of the channels; None if the file does not say where they belong."""
    layout = stream.layout or ""
    if layout in _CHANNELS:
        return _CHANNELS[layout]
    listed = re.search(r"\(([A-Z0-9+]+)\)$", layout)
    return frozenset(listed[1].split("+")) if listed else None


def _usual(stream: AudioStream) -> Channels:
    if 1 <= stream.channels <= len(_USUAL):
        return _CHANNELS[_USUAL[stream.channels - 1]]
    return _CHANNELS["stereo"]


def _together(layouts: Iterable[Channels]) -> Channels:
    """Return the channels of all layouts; mono is heard in the middle of those that have sides."""
    several = {*layouts}
    if len(several) > 1:
        several.discard(_CHANNELS["mono"])
    return frozenset().union(*several)


def _swapped(channels: Channels) -> Channels:
    """Return the channels with those at the sides moved to the back, or the other way round.

    Unchanged if it has both, or if FFmpeg would mix what is moved into the channel behind.
    """
    sides, backs = {"SL", "SR"} & channels, {"BL", "BR"} & channels
    if bool(sides) == bool(backs) or (backs and "BC" in channels):
        return channels
    return channels - sides - backs | ({"BL", "BR"} if sides else {"SL", "SR"})


def _guess_note(count: int) -> str:
    if count > len(_USUAL):
        return f"Where the {count} channels belong is not known: they are mixed down to stereo."
    return (
        f"The file does not say where its {count} channels belong: they are kept as "
        f"{_USUAL[count - 1]}."
    )


def _described(streams: Sequence[AudioStream]) -> str:
    names = [stream.layout or f"{stream.channels} channels" for stream in streams]
    return " and ".join(dict.fromkeys(names))
