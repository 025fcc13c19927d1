"""The parts of estimating, one idea a module.

- `work`: what every breakdown's estimates are made from.
- `asked`: which indicators are told of at a round, and the sums that they need.
- `arms`, `effects`: what is told of every breakdown at one round; `rounds` runs them over the rounds.
- `whole`: what is told of the whole programme at once: counts and models.
- `placed`: estimates get the names of their cells.
- `moves`: the table Transitions.

A new statistic is one line: in `rounds.TOLD` one that is told of every breakdown at a round, in `whole.TOLD` one that
is told of the whole programme.
"""
