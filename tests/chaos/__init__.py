"""Random work against real processes while they are killed, frozen and cut off; a ledger outside says what must be.

`python -m tests.chaos --operations 100000 --kills 50 --database postgresql --seed 7`; the same seed plans the same work
and the same mishaps. What two threads meet in the middle of it is chance, so a run is not repeated, only its plan is.
"""
