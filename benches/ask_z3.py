"""Asks z3 what `cargo bench --bench z3` says was proved, and compares.

    cargo bench --bench z3 -- 1000 > questions.ndjson
    pip install z3-solver
    python3 benches/ask_z3.py questions.ndjson

One solver a policy: rules are taken out one after the other, and each question is a check under assumptions, so that what z3 learned
stays, which is the fastest way to ask it that we know. The shapes are asked in the usual way besides, in a scope for each question.
Prints each difference, and the seconds that both took for the same questions; making the formulas is in Leadway's seconds and left
out of z3's, since Python does it.
Exits with 1 where they differ.
"""

import json
import sys
import time

import z3


def variables(at, field):
    """The value of a field, whether it is there, and what is known of both."""
    present = z3.Bool(f"p{at}")
    known = [present] if field["required"] else []
    kind = field["kind"]
    if kind in ("one of", "number"):
        value = z3.Int(f"f{at}")
        low, high = (0, field["count"] - 1) if kind == "one of" else (field.get("low"), field.get("high"))
        known += ([value >= low] if low is not None else []) + ([value <= high] if high is not None else [])
    elif kind == "boolean":
        value = z3.Bool(f"f{at}")
    else:
        value = [z3.Bool(f"f{at}_{member}") for member in range(field["count"])]
        known += [present == z3.Or(value)]
    return value, present, known


def holds(tree, fields):
    """A condition: a comparison with a missing value does not hold, and `not` is its exact complement."""
    word = tree[0]
    if word == "and":
        return z3.And([holds(part, fields) for part in tree[1]])
    if word == "or":
        return z3.Or([holds(part, fields) for part in tree[1]])
    if word == "not":
        return z3.Not(holds(tree[1], fields))
    value, present, _ = fields[tree[1]]
    if word == "missing":
        return z3.Not(present)
    if word == "true":
        return z3.And(present, value)
    if word == "range":
        ends = ([value >= tree[2]] if tree[2] is not None else []) + ([value <= tree[3]] if tree[3] is not None else [])
        return z3.And(present, *ends)
    places = [int(name[1:]) for name in tree[2]]
    if word == "in":
        return z3.And(present, z3.Or([value == place for place in places]))
    members = [value[place] for place in places]
    return z3.Or(members) if word == "any" else z3.And(members)


def compare(case):
    """The differences of one policy, and z3's seconds for its questions."""
    fields = [variables(at, field) for at, field in enumerate(case["fields"])]
    solver = z3.SolverFor("QF_LIA")
    names = [z3.Bool(f"r{at}") for at in range(len(case["rules"]))]
    known = [fact for _, _, of in fields for fact in of]
    known += [name == holds(tree, fields) for name, tree in zip(names, case["rules"])]
    wrong, started = [], time.perf_counter()
    solver.add(*known)
    seconds = time.perf_counter() - started

    def ask(what, answer, *assumed):
        nonlocal seconds
        started = time.perf_counter()
        found = solver.check(*assumed)
        seconds += time.perf_counter() - started
        if answer is None or (found == z3.sat) != answer or found == z3.unknown:
            wrong.append(f"{case['number']}: {what}: {answer}, z3 says {found}")

    pairs = {}
    for (one, other), answer in zip(case["pairs"], case["overlap"]):
        pairs.setdefault(one, []).append((other, answer))
    for at, name in enumerate(names):
        ask(f"rule {at} takes a lead", case["live"][at], name)
        for other, answer in pairs.get(at, []):
            ask(f"rules {at} and {other} overlap", answer, name, names[other])
        solver.add(z3.Not(name))
    ask("a lead is taken by none", case["gap"])

    told, live = case["told"], case["live"]
    # A rule whose own condition holds for no lead is told as that.
    wrong += [f"{case['number']}: rule {at} is told as shadowed" for at in told["shadowed"] if live[at] is not False]
    if told["gap"] != case["gap"] or told["undecided"]:
        wrong.append(f"{case['number']}: told {told['gap']}, {told['undecided']} undecided")
    crossing = {tuple(pair) for pair in told["crossing"]}
    for pair, answer in zip(case["pairs"], case["overlap"]):
        if tuple(pair) in crossing and answer is not True:
            wrong.append(f"{case['number']}: rules {pair} are told to conflict")
    return wrong, seconds


def in_scopes(case):
    """z3's seconds for which rules take a lead, a scope for each question."""
    fields = [variables(at, field) for at, field in enumerate(case["fields"])]
    known = [fact for _, _, of in fields for fact in of]
    rules = [holds(tree, fields) for tree in case["rules"]]
    started = time.perf_counter()
    solver = z3.Solver()
    solver.add(*known)
    for rule in rules:
        solver.push()
        solver.add(rule)
        solver.check()
        solver.pop()
        solver.add(z3.Not(rule))
    solver.check()
    return time.perf_counter() - started


class Shape:
    """What came out for policies of one shape."""

    def __init__(self):
        self.policies = self.questions = self.differ = self.dead = self.overlaps = self.gaps = 0
        self.ours = self.theirs = self.scoped = 0.0

    def add(self, case):
        wrong, seconds = compare(case)
        for text in wrong:
            print(text)
        self.policies += 1
        self.questions += len(case["live"]) + len(case["pairs"]) + 1
        self.dead += case["live"].count(False)
        self.overlaps += case["overlap"].count(True)
        self.gaps += case["gap"] is True
        self.differ += len(wrong)
        self.ours += case["seconds"]
        self.theirs += seconds
        self.scoped += 0.0 if case["pairs"] else in_scopes(case)

    def __str__(self):
        ours = max(self.ours, 1e-9)
        scoped = f"; in scopes {self.scoped:.2f} s: {self.scoped / ours:.0f} times" if self.scoped else ""
        return (
            f"{self.policies} policies, {self.questions} questions: {self.differ} differ; {self.dead} rules take no lead, "
            f"{self.overlaps} pairs overlap, {self.gaps} policies have a gap; "
            f"leadway {self.ours:.4f} s, z3 {self.theirs:.2f} s: {self.theirs / ours:.1f} times{scoped}"
        )


def main():
    shapes = {}
    for line in open(sys.argv[1], encoding="utf-8"):
        case = json.loads(line)
        shapes.setdefault(case["shape"], Shape()).add(case)
    for name, shape in shapes.items():
        print(f"{name}: {shape}")
    return 1 if any(shape.differ for shape in shapes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
