"""A graph of FFmpeg's filters, written as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction


class FilterGraph:
    """Chains of filters that are joined by pads with names of their own."""

    def __init__(self) -> None:
        self._chains: list[str] = []
        self._pads = 0

    def __str__(self) -> str:
        return ";".join(self._chains)

    def pad(self) -> str:
        """A new name, such as `[p0]`."""
        self._pads += 1
        return f"[p{self._pads - 1}]"

    def chain(self, inputs: str, filters: list[str]) -> str:
        """Lead the pads `inputs` through `filters`; returns the pad that comes out."""
        (out,) = self.split_chain(inputs, filters, 1)
        return out

    def split_chain(self, inputs: str, filters: list[str], count: int) -> list[str]:
        """The same where `count` pads come out."""
        outs = [self.pad() for _ in range(count)]
        self._chains.append(f"{inputs}{','.join(filters or ['null'])}{''.join(outs)}")
        return outs

    def finish(self, pad: str, filters: list[str], name: str) -> str:
        """Lead `pad` through `filters` to a pad that is called `name`."""
        self._chains.append(f"{pad}{','.join(filters)}[{name}]")
        return f"[{name}]"


def number(value: Fraction) -> str:
    """An expression that FFmpeg takes for exactly `value`."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"({value.numerator}/{value.denominator})"


def microseconds(value: Fraction) -> str:
    """`value` seconds for an option of ffmpeg, which counts in microseconds."""
    whole = round(value * 1_000_000)
    return f"{whole // 1_000_000}.{whole % 1_000_000:06d}"


def option_value(text: str) -> str:
    """`text` as the value of a filter's option, whatever is in it.

    Read twice: once where the graph is taken apart, once where the options of a filter are.
    """
    for special in ("\\':", "\\'[],;{} \t\n"):
        text = "".join(f"\\{char}" if char in special else char for char in text)
    return text
