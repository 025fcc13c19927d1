"""Draws charts as plain SVG. What a chart shows, and what is hidden, was decided before it gets here."""

from reports.figures.bullets import bullet
from reports.figures.funnels import Step, funnel
from reports.figures.intervals import Dot, dot_interval
from reports.figures.matrices import Square, matrix
from reports.figures.slopes import Line, slope_rounds
from reports.figures.sparklines import sparkline

__all__ = [
    "Dot",
    "Line",
    "Square",
    "Step",
    "bullet",
    "dot_interval",
    "funnel",
    "matrix",
    "slope_rounds",
    "sparkline",
]
