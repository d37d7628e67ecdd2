"""Draws the line patterns of the certificate page: interlaced waves as a frame, a rosette behind the text.

`python -m tools.ornament` writes both SVG files beside the template; `--check` says whether they are as drawn.
"""

import sys
from collections.abc import Iterator
from math import cos, pi, sin
from pathlib import Path

TEMPLATES = (
    Path(__file__).resolve().parent.parent / "services" / "certificates" / "paper" / "printing" / "templates"
)
WIDTH, HEIGHT = 297.0, 210.0  # mm, A4 landscape
EDGE = 10.5  # from the edge of the paper to the middle of the frame
SWING = 2.1  # of a wave to each side of the middle
STRANDS = 3
HALF = 0.3642  # of half a period: where the handles of a Bézier curve must be to look like a sine
SIZE = 150.0  # of the square that the rosette fills
RINGS, LOBES, STEPS = 8, 16, 320


def frame() -> str:
    """Return the frame of a landscape page."""
    across, down = WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE
    waves = [
        *strands(EDGE, EDGE, across, False),
        *strands(EDGE, HEIGHT - EDGE, across, False),
        *strands(EDGE, EDGE, down, True),
        *strands(WIDTH - EDGE, EDGE, down, True),
    ]
    return drawing(WIDTH, HEIGHT, 0.11, waves)


def strands(x: float, y: float, length: float, upright: bool) -> Iterator[str]:
    """Yield the waves of one side, each a little behind the one before, and as many mirrored."""
    inner = length - 2 * SWING * 1.6
    halves = 2 * round(inner / 9.6)
    step = inner / halves
    for strand in range(STRANDS):
        for sign in (1, -1):
            swing = sign * SWING * (1 - 0.3 * strand)
            yield wave(x, y, step, halves, swing, SWING * 1.6, upright)


def wave(x: float, y: float, step: float, halves: int, swing: float, start: float, upright: bool) -> str:
    """Return a wave as a path of half periods."""
    at = (lambda u, v: f"{x + v:.2f} {y + u:.2f}") if upright else (lambda u, v: f"{x + u:.2f} {y + v:.2f}")
    path, u = [f"M{at(start, 0)}"], start
    for half in range(halves):
        peak = swing * 1.3 * (1 if half % 2 == 0 else -1)
        path.append(f"C{at(u + step * HALF, peak)} {at(u + step * (1 - HALF), peak)} {at(u + step, 0)}")
        u += step
    return "".join(path)


def rosette() -> str:
    """Return the rosette: a wide band of petals around a narrow one."""
    outer = [ring(turn / RINGS, LOBES, 0.72, 0.26) for turn in range(RINGS)]
    inner = [ring(turn / RINGS, LOBES // 2, 0.36, 0.13) for turn in range(0, RINGS, 2)]
    return drawing(SIZE, SIZE, 0.16, outer + inner)


def ring(turn: float, lobes: int, middle: float, swing: float) -> str:
    """Return one closed line that swings around a circle, turned by a part of a lobe."""
    points = []
    for step in range(STEPS):
        angle = 2 * pi * step / STEPS
        radius = (
            SIZE
            / 2
            * (middle + swing * cos(lobes * angle + 2 * pi * turn) * (0.6 + 0.4 * cos(lobes * angle)))
        )
        points.append(f"{SIZE / 2 + radius * cos(angle):.1f} {SIZE / 2 + radius * sin(angle):.1f}")
    return "M" + "L".join(points) + "Z"


def drawing(width: float, height: float, stroke: float, paths: list[str]) -> str:
    """Return an SVG file; the template puts a color where INK stands."""
    lines = "\n".join(f'<path d="{path}"/>' for path in paths)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">'
    return f'{head}\n<g fill="none" stroke="INK" stroke-width="{stroke}">\n{lines}\n</g>\n</svg>\n'


def main() -> int:
    """Write or check the files."""
    drawn = {"frame.svg": frame(), "rosette.svg": rosette()}
    if "--check" in sys.argv:
        return int(any((TEMPLATES / name).read_text("utf-8") != text for name, text in drawn.items()))
    for name, text in drawn.items():
        (TEMPLATES / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
