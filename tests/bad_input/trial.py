"""The case that a test is about, and the verdicts that it shows."""

from tests.bad_input.catalogue import Case, Verdict
from tests.bad_input.night import Night, Outcome


class Trial:
    """The case that a test is about. It holds the verdicts that the test shows to those that the catalogue declares."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.shown: set[Verdict] = set()

    def accepts(self, outcome: Outcome, landed: int, source: str = "registration", **other: int) -> None:
        """A: everything counts but what is named, and nothing is set aside."""
        parts = {"landed": landed, "accepted": landed - sum(other.values()), **other}
        assert outcome.balance(source) == {part: count for part, count in parts.items() if count}
        assert outcome.rejects(source) == []
        assert "failed" not in outcome.rules("pulls", source, "status")
        self.shown.add(("A", ""))

    def warns(self, outcome: Outcome, rule: str, source: str = "registration") -> None:
        """W: it counts, and the annex on data quality or the flags say what was noticed."""
        assert rule in outcome.rules("warnings", source) | outcome.rules("flags", source, "check")
        self.shown.add(("W", rule))

    def sets_aside(
        self,
        outcome: Outcome,
        field: str,
        rule: str,
        landed: int,
        source: str = "registration",
        rows: int = 1,
        **other: int,
    ) -> None:
        """Q: so many submissions are set aside for this reason, all others count."""
        assert {(field, rule)} == {(each[1], each[2]) for each in outcome.rejects(source)}
        linked = outcome.frames["links"].filter(source=source)
        unlinked = sum(linked["accepted"]) - sum(linked["linked"])
        balance = outcome.balance(source)
        assert len(outcome.rejects(source)) == rows == balance.get("rejected", 0) + unlinked
        assert balance["landed"] == landed
        assert balance.get("accepted", 0) == landed - balance.get("rejected", 0) - sum(other.values())
        self.shown.add(("Q", rule))

    def refuses(self, night: Night, code: str, source: str = "registration") -> None:
        """F: the source fails with this reason, and all that was there before the night still counts."""
        before = night.last
        assert before is not None
        after = night.run()
        pulled = after.frames["pulls"].filter(source=source).row(0, named=True)
        assert (pulled["status"], pulled["reason"]) == ("failed", code)
        for table in ("balance", "responses", "rejects"):
            assert after.frames[table].equals(before.frames[table])
        self.shown.add(("F", code))
