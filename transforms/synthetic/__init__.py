"""A programme's data made up from a seed, with a known truth: for the demo, the tests and the benchmarks.

`make_up` gives the sheets of programmes/community_economy as staff would send them; `truth` gives what the
engine's estimators should find in them.
"""

from transforms.synthetic.faults import PlantedSource
from transforms.synthetic.making import MadeUp, Planted, make_up, submissions
from transforms.synthetic.model import Spec
from transforms.synthetic.truth import truth

__all__ = ["MadeUp", "Planted", "PlantedSource", "Spec", "make_up", "submissions", "truth"]
