"""The mix of surround sound for clients with two channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.render.plan.sound.channel_layouts import channels_of

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import AudioStream

STEREO = 2
_LEVELS = {
    # Dialogue is heard from both sides: that makes it as loud as what only one side plays.
    "FC": (0.8, 0.8),
    "BC": (0.4, 0.4),
    "FL": (1.0, 0.0),
    "FLC": (0.8, 0.3),
    "BL": (0.6, 0.0),
    "SL": (0.6, 0.0),
    "FR": (0.0, 1.0),
    "FRC": (0.3, 0.8),
    "BR": (0.0, 0.6),
    "SR": (0.0, 0.6),
    "TFL": (0.5, 0.0),
    "TBL": (0.5, 0.0),
    "TFR": (0.0, 0.5),
    "TBR": (0.0, 0.5),
}
"""The levels of channels at the left and right. Without LFE, as in ITU-R BS.775: small speakers
cannot play it, and it would take room from the rest."""


def downmix(stream: AudioStream) -> str | None:
    """Return the filter that mixes a stream down to stereo; None if FFmpeg has to choose.

    The levels of each side are made smaller together, so that nothing clips.
    """
    channels = channels_of(stream) if stream.channels > STEREO else None
    if channels is None:
        return None
    sides = []
    for side, name in enumerate(("FL", "FR")):
        heard = [
            f"{levels[side]}*{channel}"
            for channel, levels in _LEVELS.items()
            if channel in channels and levels[side]
        ]
        if not heard:
            return None
        sides.append(f"{name}<{'+'.join(heard)}")
    return f"pan=stereo|{'|'.join(sides)}"
