"""The side data of decoded frames, whatever kinds FFmpeg adds to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from av.sidedata import sidedata

if TYPE_CHECKING:
    from av import VideoFrame


SideDataType = sidedata.Type


def side_data(frame: VideoFrame) -> list[Any]:
    """Return the parts of side data of `frame`, each with a `type` and its bytes.

    Not `frame.side_data`, which the frame would keep, and which keeps the frame: a cycle that
    holds the pixels until the garbage collector happens to run.
    """
    make: Any = sidedata.SideDataContainer  # PyAV's stubs lack its argument
    return list(make(frame))


def _name_unknown(cls: type[SideDataType], number: object) -> SideDataType | None:
    """Make a member of the enumeration for a kind that PyAV has no name for."""
    if not isinstance(number, int):
        return None
    member: Any = object.__new__(cls)
    member._name_ = f"UNKNOWN_{number}"
    member._value_ = number
    cls._value2member_map_[number] = member
    named: SideDataType = member
    return named


# PyAV looks up the kind of every part of side data, and fails for all of them if one has no name in
# its enumeration: view identifiers of spatial video, EXIF, LCEVC, reference displays.
SideDataType._missing_ = classmethod(_name_unknown)  # type: ignore[assignment]
