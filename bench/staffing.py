"""`staffing`: what the staffing advice keeps of the promise on simulated days that it has not seen.

Goal: nine of ten called in time when it is followed, fewer with one counter less all day; an answer within 20 s.
"""

from statistics import fmean

from bench.figures import Figure
from bench.simulated_centre import Setting
from bench.staffed_centre import follow

SEEDS, LOAD = (7, 8, 9), 0.8


def run(quick: bool) -> list[Figure]:
    """The mean over the seeds; `quick` takes the first one."""
    found = [follow(Setting(seed=seed, load=LOAD)) for seed in (SEEDS[:1] if quick else SEEDS)]
    return [
        ("staffing_kept_percent", round(fmean(one.kept for one in found), 1), "percent"),
        ("staffing_one_less_kept_percent", round(fmean(one.one_less for one in found), 1), "percent"),
        ("staffing_seconds_worst", round(max(one.seconds for one in found), 1), "s"),
    ]
