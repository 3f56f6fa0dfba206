"""A practice hall on one machine: the demo centre, simulated printers, a sandbox portal."""

from commands.demo.hall import live, prepare, show
from commands.demo.neighbours import Neighbours, neighbours

__all__ = ["Neighbours", "live", "neighbours", "prepare", "show"]
