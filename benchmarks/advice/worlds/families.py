"""Families of markets by name, and what is set aside: touched once, at the end, and said.

`usual` ones lose 13 to 18 % of what could be had when nothing is done, `hard` ones 9 to 12 %; in a
`null` nothing is wrong and nothing is to be gained; in a `level` null averages differ and margins
are equal. Difficulty was set with policies that have nothing to do with perfbot (nothing, a plain
weekly design, the truth), on `CALIBRATING` seeds that are neither tuned nor reported on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from benchmarks.advice.worlds.market import Market
from benchmarks.advice.worlds.priors import (
    LEADS,
    MANY_FAULTS,
    NO_FAULTS,
    POOLS,
    REACH,
    SALES,
    USUAL_FAULTS,
    VALUE,
    Pool,
    Priors,
)

TUNING = tuple(range(1000, 1016))
CALIBRATING = tuple(range(3000, 3012))
REPORTING = tuple(range(1, 25))
USUAL, HARD, NULL, LEVEL = "usual", "hard", "null", "level"


@dataclass(frozen=True)
class Family:
    """A named family of markets.

    Attributes:
        difficulty: `usual`, `hard`, `null` or `level`.
        about: What is particular about it, in a line.
        set_aside: Not to be run before the end: `--set-aside` says that it was.
    """

    name: str
    difficulty: str
    about: str
    priors: Priors
    set_aside: bool = False

    def market(self, seed: int) -> Market:
        """The market of a seed; the same seed always gives the same one."""
        return Market(self.priors, (seed, crc32(self.name.encode())))


def _shares(*pools: tuple[Pool, float]) -> tuple[Pool, ...]:
    return tuple(Pool(**{**vars(pool), "share": share}) for pool, share in pools)


def _null(**own: object) -> Priors:
    """Nothing wrong, nothing to gain: noise, season, weekdays and a market that drifts as one."""
    quiet: dict[str, object] = {
        "efficiency": (0.0, 0.0), "elasticity": ((0.4, 0.65), (0.0, 0.0)),
        "shapes": (1, 0, 0, 0, 0), "rivalry": (0.0, 0.0), "halo": (0.0, 0.0),
        "drift": (0.0, 0.0), "shocks": (0.0, 0.0),
        "faults": NO_FAULTS, "wear": (0.0, 0.0), "slack": (0.0, 0.0), "skill": (0.0, 0.0),
    }  # fmt: skip
    return Priors(**(quiet | own))  # type: ignore[arg-type]


FEW_ORDERS = (
    Pool(**(vars(VALUE) | {"results": 2.0, "share": 0.5})),
    Pool(**(vars(VALUE) | {"stage": "convert", "results": 6.0, "share": 0.5})),
)

FAMILIES = {family.name: family for family in (
    Family("shop", USUAL, "a shop of about forty campaigns, mixed curves, all advice taken",
           Priors()),
    Family("leads", USUAL, "business leads: few a day, dead weekends, a week's lag",
           Priors(efficiency=(0.56, 0.76), volume=(0.5, 1.0),
                  pools=_shares((REACH, 0.15), (LEADS, 0.55), (SALES, 0.3)),
                  weekday=(0.15, 0.4), weekdays_only=(0.1, 0.4), lag=((2.0, 4.0), (12, 20)))),
    Family("brand", USUAL, "reach first: creatives wear out and are renewed, sales follow",
           Priors(efficiency=(0.43, 0.6), pools=_shares((REACH, 0.5), (LEADS, 0.15), (SALES, 0.35)),
                  halo=(0.03, 0.1), creatives=(20, 45), wear=(0.05, 0.25),
                  faults={**USUAL_FAULTS, "fatigue": 5.0})),
    Family("members", USUAL, "customers: paid by value, orders of very different sizes",
           Priors(efficiency=(0.46, 0.66),
                  pools=_shares((REACH, 0.15), (LEADS, 0.15), (SALES, 0.3), (VALUE, 0.4)))),
    Family("late", HARD, "sales recorded for up to a month, and some taken back",
           Priors(efficiency=(0.4, 0.58), lag=((3.0, 7.0), (25, 30)),
                  falls=(0.03, 0.1), dispersion=(1.3, 3.5), follow=(0.3, 0.7, 0.0))),
    Family("giants", HARD, "giants beside dwarfs with one result a week, S-curves",
           Priors(efficiency=(0.4, 0.58), size=(1.2, 1.7), volume=(0.25, 0.9),
                  shapes=(0.2, 0.2, 0.3, 0.15, 0.15),
                  elasticity=((0.4, 0.6), (0.12, 0.2)), dispersion=(1.2, 3.5),
                  follow=(0.6, 0.4, 0.0), amount=(0.5, 1.0))),
    Family("broken", HARD, "tags that break in part, whole accounts, double, and are mended late",
           Priors(efficiency=(0.34, 0.5), faults=MANY_FAULTS, repair=(4, 21),
                  missing=(0.0, 0.02), late=(0.02, 0.08), follow=(0.4, 0.6, 0.0))),
    Family("slack", HARD, "budgets that do not bind, bid targets, auctions that jump",
           Priors(efficiency=(0.4, 0.6), slack=(0.25, 0.5), bidding=(0.5, 1.0),
                  shocks=(1.0, 3.0), shock=(0.2, 0.5), market=(0.01, 0.025), season=(0.1, 0.3),
                  follow=(0.6, 0.4, 0.0))),
    Family("calm", NULL, "nothing wrong: all margins equal, ordinary noise",
           _null(follow=(0.5, 0.3, 0.2))),
    Family("tide", NULL, "nothing wrong: the whole market drifts, weekends rest, small accounts",
           _null(campaigns=(5, 60), market=(0.015, 0.03), season=(0.1, 0.3), weekday=(0.1, 0.4),
                 weekdays_only=(0.1, 0.5), paused=(0.0, 0.2), flights=(0.0, 0.2),
                 late=(0.02, 0.08), dispersion=(1.1, 4.0), volume=(0.2, 1.5),
                 follow=(0.5, 0.3, 0.2))),
    Family("plateau", LEVEL, "averages differ about fivefold, margins are equal",
           _null(level=True, efficiency=(0.5, 0.7))),
    Family("whisper", NULL, "nothing wrong: a few results a day, paid by what was bought",
           _null(campaigns=(20, 60), pools=FEW_ORDERS, volume=(0.3, 1.2), dispersion=(1.1, 3.0),
                 follow=(0.5, 0.3, 0.2))),
    Family("shelf", LEVEL, "averages differ, margins are equal, paid by what was bought",
           _null(level=True, efficiency=(0.3, 0.8), pools=(*FEW_ORDERS, LEADS),
                 volume=(0.4, 1.5), market=(0.01, 0.02))),
    # set aside: their hyperpriors were committed before the engine was changed
    Family("agency", USUAL, "several clients in one account, fifteen to two hundred campaigns",
           Priors(efficiency=(0.6, 0.8), campaigns=(15, 200), clients=(2, 4),
                  shocks=(0.5, 1.5), targets=(0.5, 1.0), pools=POOLS[:3],
                  dispersion=(1.2, 3.0), weekday=(0.05, 0.25)), set_aside=True),
    Family("storm", HARD, "a season that turns, rivals in one audience, late and lost days",
           Priors(efficiency=(0.4, 0.58), rivalry=(0.05, 0.15), market=(0.015, 0.03),
                  season=(0.2, 0.4), common=(0.03, 0.08), drift=(0.015, 0.03),
                  lag=((1.5, 5.0), (15, 30)), falls=(0.0, 0.08), missing=(0.0, 0.02),
                  late=(0.02, 0.06), shapes=(0.25, 0.2, 0.2, 0.2, 0.15), size=(0.7, 1.3),
                  follow=(0.4, 0.5, 0.1), amount=(0.5, 1.0)), set_aside=True),
    Family("lull", NULL, "nothing wrong: few results, overdispersed, paid by value, pauses",
           _null(pools=_shares((LEADS, 0.3), (SALES, 0.3), (VALUE, 0.4)), volume=(0.15, 0.8),
                 dispersion=(1.5, 5.0), wobble=(0.05, 0.2), paused=(0.1, 0.3),
                 lag=((2.0, 6.0), (15, 30)), falls=(0.0, 0.08), market=(0.01, 0.02),
                 follow=(0.5, 0.3, 0.2)), set_aside=True),
    Family("terraces", LEVEL, "margins equal, averages and sizes far apart, a market that drifts",
           _null(level=True, efficiency=(0.6, 0.9), size=(0.7, 1.3), market=(0.01, 0.02),
                 volume=(0.4, 1.5), dispersion=(1.2, 3.5), follow=(0.6, 0.4, 0.0)),
           set_aside=True),
)}  # fmt: skip
"""Thirteen to tune on, four set aside: one of each difficulty."""

OPEN = tuple(name for name, family in FAMILIES.items() if not family.set_aside)
SET_ASIDE = tuple(name for name, family in FAMILIES.items() if family.set_aside)


class SetAsideError(ValueError):
    """Somebody asked for what is set aside without saying that they meant to."""


def guard(families: Sequence[str], seeds: Sequence[int], *, set_aside: bool) -> list[str]:
    """What of a run is set aside, as lines to print beside its numbers.

    Raises:
        SetAsideError: There is some, and `set_aside` is not said.
    """
    held = [name for name in families if FAMILIES[name].set_aside]
    reserved = sorted(set(seeds) & set(REPORTING))
    lines = [f"set-aside family: {name}" for name in held]
    lines += [f"reporting seeds: {reserved[0]}-{reserved[-1]}"] if reserved else []
    if lines and not set_aside:
        raise SetAsideError(
            f"{'; '.join(lines)}: run once, at the end, with --set-aside, and say so."
        )
    return lines
