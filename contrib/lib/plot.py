"""A line plot as SVG text: no script, no font of its own, no background.

Its grey is as far from white as from black, so it reads on either. The same plot makes the same
text on every machine.
"""
import dataclasses
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT = 64, 540  # the names of the series are right of it
TOP, BOTTOM = 40, 350
GREY = "#767676"
COLOURS = ("#3b82c4", "#d9730d", "#2f9e6b", "#a05fd0", "#d64545", "#8a7a1f")


@dataclasses.dataclass
class Plot:
    title: str
    x_name: str
    y_name: str
    series: list  # of (name, [(x, y), ...]), by rising x
    x_log: bool = False  # x must be positive then


class Axis:
    """From zero, or from the least of a logarithmic axis."""

    def __init__(self, values, log):
        self.most = max(values, default=0)
        least = min(values, default=0)
        self.log = log and 0 < least < self.most
        self.least = least if self.log else 0
        if self.most <= 0:
            self.most = 1

    def share(self, value):
        if self.log:
            return math.log(value / self.least) / math.log(self.most / self.least)
        return (value - self.least) / (self.most - self.least)

    def step(self):
        """1, 2 or 5 times a power of ten, so that five to ten of them are the axis."""
        rough = self.most / 5
        power = 10 ** math.floor(math.log10(rough))
        return next((factor * power for factor in (1, 2, 5) if rough <= factor * power), 10 * power)

    def marks(self):
        step = self.step()
        return [i * step for i in range(20) if i * step <= self.most * 1.0001]


def words(x, y, text, anchor, colour=GREY):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f'{escape(text)}</text>\n'
    )


def line(x1, y1, x2, y2, opacity):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{GREY}" '
            f'stroke-opacity="{opacity}"/>\n')


def x_marks(axis, at, values):
    out = ""
    for mark in sorted(set(values)) if axis.log else axis.marks():
        out += line(at(mark), BOTTOM, at(mark), BOTTOM + 5, "1")
        out += words(at(mark), BOTTOM + 20, f"{mark:.4g}", "middle")
    return out


def y_marks(axis, at):
    axis.most = math.ceil(axis.most / axis.step() * 0.9999) * axis.step()
    out = ""
    for mark in axis.marks():
        out += line(LEFT, at(mark), RIGHT, at(mark), "1" if mark == 0 else "0.25")
        out += words(LEFT - 8, at(mark) + 4, f"{mark:.4g}", "end")
    return out


def draw(number, name, points, dotted):
    """One series and its name in the legend."""
    colour = COLOURS[number % len(COLOURS)]
    dashes = ' stroke-dasharray="5 4"' if number // len(COLOURS) % 2 == 1 else ""
    out = (f'<polyline fill="none" stroke="{colour}" stroke-width="2"{dashes} points="' +
           " ".join(f"{x:.1f},{y:.1f}" for x, y in points) + '"/>\n')
    if dotted:
        out += "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>\n' for x, y in points
        )
    y = TOP + 8 + 20 * number
    out += (
        f'<line x1="{RIGHT + 14:.1f}" y1="{y - 4:.1f}" x2="{RIGHT + 34:.1f}" y2="{y - 4:.1f}" '
        f'stroke="{colour}" stroke-width="2"{dashes}/>\n'
    )
    return out + words(RIGHT + 40, y, name, "start", colour)


def to_svg(plot):
    all_points = [point for _, points in plot.series for point in points]
    x_values = [x for x, _ in all_points]
    x_axis = Axis(x_values, plot.x_log)
    y_axis = Axis([y for _, y in all_points], False)

    def at_x(value):
        return LEFT + x_axis.share(value) * (RIGHT - LEFT)

    def at_y(value):
        return BOTTOM - y_axis.share(value) * (BOTTOM - TOP)

    out = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH}.0 {HEIGHT}.0" '
        f'font-family="sans-serif" font-size="13">\n<title>{escape(plot.title)}</title>\n'
    )
    out += words(LEFT, 22, plot.title, "start")
    out += y_marks(y_axis, at_y)
    out += x_marks(x_axis, at_x, x_values)
    out += words((LEFT + RIGHT) / 2, HEIGHT - 10, plot.x_name, "middle")
    out += words(LEFT, TOP - 6, plot.y_name, "start")
    for number, (name, points) in enumerate(plot.series):
        out += draw(number, name, [(at_x(x), at_y(y)) for x, y in points], x_axis.log)
    return out + "</svg>\n"
