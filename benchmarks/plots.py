"""Plots of measured times as small SVG files, without a library for plots.

python -m benchmarks.plots --workers FILE --size FILE [--to docs/images]

The files are those that `benchmarks.scan --json` and `benchmarks.size --json` write. The bars and
lines have the values of these files in their titles, which browsers show and screen readers read.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 200, 40, 52
COLORS = ("#0b6bcb", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#475569")
LINES = (
    "list: any page",
    "filter: size and codec, any page",
    "search: one word",
    "search: two words",
    "facets: everything",
    "facets: a codec",
)
"""The answers of `benchmarks.size` in the plot."""


@dataclass(frozen=True)
class Line:
    """The points of one line, by their place on the horizontal axis."""

    name: str
    points: dict[float, float]


@dataclass(frozen=True)
class Plot:
    """Lines over a logarithmic horizontal axis; `is_log` is about the vertical one."""

    title: str
    across: str
    up: str
    lines: list[Line]
    is_log: bool = False

    def svg(self) -> str:
        """Return the plot as text."""
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f'<title>{escape(self.title)}</title><g font-family="sans-serif">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _text(WIDTH / 2, 20, self.title, anchor="middle", size=14),
            _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, self.across, anchor="middle"),
            _text(8, TOP - 10, self.up),
        ]
        parts += self._axes()
        for place, line in enumerate(self.lines):
            parts += self._line(line, COLORS[place % len(COLORS)], place)
        return "\n".join([*parts, "</g></svg>", ""])

    def _axes(self) -> list[str]:
        parts = []
        for x in sorted({x for line in self.lines for x in line.points}):
            parts += [_text(self._x(x), HEIGHT - BOTTOM + 18, f"{x:,.0f}", anchor="middle")]
        for y in self._ticks():
            at = self._y(y)
            parts.append(
                f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#cbd5e1" fill="none"/>'
            )
            parts.append(_text(LEFT - 8, at + 4, f"{y:,g}", anchor="end"))
        return parts

    def _line(self, line: Line, color: str, place: int) -> list[str]:
        points = [(self._x(x), self._y(y), x, y) for x, y in sorted(line.points.items())]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y, *_ in points)
        legend = TOP + 16 * place
        parts = [f'<path d="M{path}" stroke="{color}" stroke-width="2" fill="none"/>']
        for x, y, across, up in points:
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{color}"><title>'
                f"{escape(line.name)}, {across:,.0f}: {up:,.4g}</title></circle>"
            )
        parts.append(f'<circle cx="{WIDTH - RIGHT + 14}" cy="{legend - 4}" r="4" fill="{color}"/>')
        parts.append(_text(WIDTH - RIGHT + 24, legend, line.name, size=10))
        return parts

    def _ticks(self) -> list[float]:
        if self.is_log:
            low, high = self._range()
            return [10.0**power for power in range(round(math.log10(low)), _power_above(high) + 1)]
        high = self._range()[1]
        return [high * part / 5 for part in range(6)]

    def _range(self) -> tuple[float, float]:
        values = [y for line in self.lines for y in line.points.values()]
        if self.is_log:
            return 10.0 ** math.floor(math.log10(min(values))), 10.0 ** _power_above(max(values))
        step = 10.0 ** math.floor(math.log10(max(values)))
        return 0.0, math.ceil(max(values) / step * 2) * step / 2

    def _x(self, value: float) -> float:
        places = [x for line in self.lines for x in line.points]
        low, high = math.log(min(places)), math.log(max(places))
        return LEFT + 20 + (math.log(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT - 40)

    def _y(self, value: float) -> float:
        low, high = self._range()
        if self.is_log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)


def _power_above(value: float) -> int:
    return math.ceil(math.log10(value))


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}"'
        f' fill="#1e293b">{escape(text)}</text>'
    )


def plot_workers(measured: dict[str, dict[str, float]]) -> Plot:
    """Return files a second against workers, from `{name: {workers: files a second}}`."""
    lines = [
        Line(name, {float(workers): rate for workers, rate in rates.items()})
        for name, rates in measured.items()
    ]
    return Plot("Files a second of a first scan", "processes that read media", "files/s", lines)


def plot_size(measured: dict[str, dict[str, dict[str, float]]]) -> Plot:
    """Return the time of answers against the size of the library."""
    lines = [
        Line(name, {float(videos): times[name]["cpu_p50"] for videos, times in measured.items()})
        for name in LINES
        if all(name in times for times in measured.values())
    ]
    title = "Processor time of first answers (p50), by the size of the library"
    return Plot(title, "videos", "ms", lines, is_log=True)


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=Path, help="of benchmarks.scan")
    parser.add_argument("--size", type=Path, help="of benchmarks.size")
    parser.add_argument("--to", type=Path, default=Path("docs/images"))
    arguments = parser.parse_args()
    for name, source, plot in (
        ("files-by-workers.svg", arguments.workers, plot_workers),
        ("latency-by-size.svg", arguments.size, plot_size),
    ):
        if source is not None:
            (arguments.to / name).write_text(plot(json.loads(source.read_text())).svg())


if __name__ == "__main__":
    main()
