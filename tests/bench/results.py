"""What a bench yields: one figure, beside the limit that was measured in the same run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """A figure with its unit; `baseline` is the same unit, `ratio` the figure over it. None where there is no limit."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None

    @classmethod
    def against(cls, name: str, value: float, unit: str, baseline: float) -> "Result":
        """A figure and its limit, with the ratio worked out."""
        return cls(name, value, unit, baseline, value / baseline if baseline else None)
