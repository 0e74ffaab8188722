"""The kinds of transitions between clips, as FFmpeg's filter xfade names them."""

from enum import StrEnum


class TransitionKind(StrEnum):
    """The kinds of transitions, as FFmpeg's filter xfade names them."""

    FADE = "fade"
    DISSOLVE = "dissolve"
    FADE_BLACK = "fadeblack"
    FADE_WHITE = "fadewhite"
    FADE_GRAYS = "fadegrays"
    FADE_FAST = "fadefast"
    FADE_SLOW = "fadeslow"
    DISTANCE = "distance"
    BLUR = "hblur"
    PIXELIZE = "pixelize"
    ZOOM_IN = "zoomin"
    WIPE_LEFT = "wipeleft"
    WIPE_RIGHT = "wiperight"
    WIPE_UP = "wipeup"
    WIPE_DOWN = "wipedown"
    WIPE_TOP_LEFT = "wipetl"
    WIPE_TOP_RIGHT = "wipetr"
    WIPE_BOTTOM_LEFT = "wipebl"
    WIPE_BOTTOM_RIGHT = "wipebr"
    SLIDE_LEFT = "slideleft"
    SLIDE_RIGHT = "slideright"
    SLIDE_UP = "slideup"
    SLIDE_DOWN = "slidedown"
    SMOOTH_LEFT = "smoothleft"
    SMOOTH_RIGHT = "smoothright"
    SMOOTH_UP = "smoothup"
    SMOOTH_DOWN = "smoothdown"
    COVER_LEFT = "coverleft"
    COVER_RIGHT = "coverright"
    COVER_UP = "coverup"
    COVER_DOWN = "coverdown"
    REVEAL_LEFT = "revealleft"
    REVEAL_RIGHT = "revealright"
    REVEAL_UP = "revealup"
    REVEAL_DOWN = "revealdown"
    CIRCLE_OPEN = "circleopen"
    CIRCLE_CLOSE = "circleclose"
    CIRCLE_CROP = "circlecrop"
    RECTANGLE_CROP = "rectcrop"
    VERTICAL_OPEN = "vertopen"
    VERTICAL_CLOSE = "vertclose"
    HORIZONTAL_OPEN = "horzopen"
    HORIZONTAL_CLOSE = "horzclose"
    RADIAL = "radial"
    DIAGONAL_TOP_LEFT = "diagtl"
    DIAGONAL_TOP_RIGHT = "diagtr"
    DIAGONAL_BOTTOM_LEFT = "diagbl"
    DIAGONAL_BOTTOM_RIGHT = "diagbr"
    SLICE_LEFT = "hlslice"
    SLICE_RIGHT = "hrslice"
    SLICE_UP = "vuslice"
    SLICE_DOWN = "vdslice"
    WIND_LEFT = "hlwind"
    WIND_RIGHT = "hrwind"
    WIND_UP = "vuwind"
    WIND_DOWN = "vdwind"
    SQUEEZE_HORIZONTAL = "squeezeh"
    SQUEEZE_VERTICAL = "squeezev"

    @property
    def label(self) -> str:
        """The name to show to people."""
        if self in _LABELS:
            return _LABELS[self]
        return self.name.replace("_", " ").capitalize()


_LABELS = {
    TransitionKind.FADE: "Cross-fade",
    TransitionKind.FADE_BLACK: "Fade through black",
    TransitionKind.FADE_WHITE: "Fade through white",
    TransitionKind.FADE_GRAYS: "Fade through gray",
    TransitionKind.FADE_FAST: "Fade, fast",
    TransitionKind.FADE_SLOW: "Fade, slow",
    TransitionKind.CIRCLE_OPEN: "Circle",
}
"""The names that do not follow from those of the kinds."""
