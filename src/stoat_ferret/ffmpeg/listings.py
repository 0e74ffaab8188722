"""From the lists that ffmpeg prints of what it can do to names."""

from __future__ import annotations

import re

_CODEC = re.compile(r"^ [VASD][A-Z.]{5} (\S+)", re.MULTILINE)
_FILTER = re.compile(r"^ [A-Z.]{2,3} (\S+) +\S+->\S+", re.MULTILINE)
_MUXER = re.compile(r"^ [D ]E[d ]? +(\S+)", re.MULTILINE)


def parse_codecs(text: str) -> frozenset[str]:
    """The names in what `-encoders` or `-decoders` prints."""
    return frozenset(_CODEC.findall(text)) - {"="}


def parse_filters(text: str) -> frozenset[str]:
    """The names in what `-filters` prints."""
    return frozenset(_FILTER.findall(text))


def parse_muxers(text: str) -> frozenset[str]:
    """The names in what `-muxers` prints; devices are among them."""
    found = _MUXER.findall(text)
    return frozenset(name for names in found for name in names.split(",")) - {"="}
