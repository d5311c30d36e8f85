#!/usr/bin/env bash
# OR-tools 9.15.6755 (CP-SAT): `deterministic_time` and `max_deterministic_time` leave out most of what presolve does. A model
# that presolve alone shows to be infeasible reports next to no deterministic time however large it is, while its wall time
# grows with its size: a program that bounds itself by deterministic time alone, so that the same question has the same
# answer on a busy machine, has no bound on many such models. What follows from it: add to the measure something for each
# variable and constraint.
# Seen: 200 times the constraints, and the deterministic time stays below a hundredth.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install ortools==9.15.6755
v/bin/python - <<'PY'
import time
from importlib.metadata import version
from ortools.sat.python import cp_model


def solve(size: int) -> tuple[float, float, str]:
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in range(size)]
    for one, other in zip(taken, taken[1:]):
        model.add(one + other >= 1)
        model.add_implication(one, ~other)
    model.add(sum(taken) >= size)  # neighbours exclude each other: nobody can have all
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 0.01
    at = time.perf_counter()
    status = solver.solve(model)
    return solver.response_proto.deterministic_time, time.perf_counter() - at, solver.status_name(status)


small, large = solve(100), solve(20_000)
print("ortools", version("ortools"), "small", small, "large", large)
assert small[2] == large[2] == "INFEASIBLE", "the limit of 0.01 is met now: presolve is counted"
assert large[0] < 0.01, "presolve is counted now"
print(f"as found: deterministic {large[0]:.6f}, wall {large[1]:.3f} s")
PY
