"""The shape of the rule files: pydantic models, from which schema.json is generated too."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.advice.rules.condition import LONGEST
from bot.domain.advice import Do

Stage = Literal["reach", "act", "convert", "engage"]
Pricing = Literal["CPM", "CPC", "CPL", "CPA"]
Days = Annotated[str, Field(pattern=r"^[0-9]{1,3}d$", description="A number of days, e.g. 7d")]
Line = Annotated[
    str,
    Field(min_length=3, max_length=LONGEST, description="ctr.now < 0.75 * ctr.before"),
]
Sum = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST, description="spend.now - cpa.target * conversions.now"),
]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Value = Annotated[float, Field(allow_inf_nan=False, strict=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class AnyOfLines(_Strict):
    """At least one of these lines holds."""

    any: list[Line] = Field(min_length=2)


Lines = list[Line | AnyOfLines]


class Applies(_Strict):
    """Where a rule applies; what is left out is everywhere."""

    stage: Stage | list[Stage] | None = None
    pricing: Pricing | list[Pricing] | None = Field(default=None, description="What is optimised")
    billed: Pricing | list[Pricing] | None = Field(
        default=None, description="What the platform charges"
    )


class RuleWindows(_Strict):
    """The rule's own windows; the cell's where left out. `before` ends where `now` begins."""

    now: Days | None = None
    before: Days | None = None


class ActionModel(_Strict):
    """What to do."""

    do: Do
    step: float | None = Field(default=None, gt=0, le=1, description="Share of the daily budget")
    days: int | None = Field(default=None, ge=1, le=90, description="How long a test runs")
    by: Literal["response"] | None = Field(
        default=None, description="Who gives and who receives: campaigns' answers to budgets decide"
    )


class Other(BaseModel):
    """Another campaign of the pool, in a test: a name and numbers."""

    model_config = ConfigDict(extra="allow", frozen=True)
    name: str


class Case(_Strict):
    """Numbers given, and what the rule makes of them."""

    it: str = Field(min_length=5)
    given: dict[str, Value | None] = Field(min_length=1)
    expect: Literal["quiet", "too_little_data", "not_sure", "watch", "advise", "urgent"]
    cell: str | None = Field(default=None, pattern=r"^(reach|act|convert|engage)/CP[MCLA]$")
    others: list[Other] = []
    to: str | None = None


class RuleModel(_Strict):
    """One rule."""

    id: Id = Field(description="For ever: answers, cooldowns and outcomes hang on it")
    title: str = Field(min_length=5, max_length=80)
    why: str = Field(min_length=10)
    source: str = Field(default="", description="Where the practice comes from")
    applies: Applies = Applies()
    windows: RuleWindows = RuleWindows()
    skip_last: Days | None = None
    when: Lines = Field(min_length=1)
    evidence: Lines = []
    sure: float | None = Field(default=None, ge=0.5, lt=1)
    for_: Days = Field(
        default="1d", alias="for", description="Consecutive mornings before it speaks"
    )
    cooldown: Days | None = None
    severity: Literal["watch", "advise", "urgent"]
    mutes: list[str] = []
    despite: list[Literal["learning", "cooldown"]] = Field(
        default=[], description="Guards it ignores"
    )
    action: ActionModel
    stake: Sum | list[Sum] = Field(
        default=[],
        description="Money of the now window that is lost, or to be gained; of several sums the"
        " first whose numbers are known",
    )
    together: bool | Literal["budget", "client", "everywhere"] = Field(
        default=False,
        description="One piece of advice an account, budget or client; `everywhere`: an account"
        " where it holds of all that spends there",
    )
    silent: bool = Field(
        default=False, description="Says nothing: only holds back the rules it mutes"
    )
    message: str = Field(min_length=10, max_length=1000)
    brief: str = Field(
        default="", max_length=300, description="The fact in half a sentence, after the name"
    )
    tests: list[Case] = Field(min_length=2)


class Off(_Strict):
    """In a folder of your own: a packaged rule you do not want."""

    id: Id
    enabled: Literal[False]


class Row(BaseModel):
    """One row of the table. Besides these, any number a rule names."""

    model_config = ConfigDict(extra="allow", frozen=True)
    judge: str | None = Field(default=None, description="The metric that decides here")
    window: Days | None = None
    before: Days | None = None
    skip_last: Days | None = None
    cooldown: Days | None = None
    __pydantic_extra__: dict[str, Value] = Field(init=False)


class Models(_Strict):
    """The four pricing models of a stage."""

    CPM: Row = Row()
    CPC: Row = Row()
    CPL: Row = Row()
    CPA: Row = Row()


class StageTables(_Strict):
    """The four stages."""

    reach: Models = Models()
    act: Models = Models()
    convert: Models = Models()
    engage: Models = Models()


class ThresholdTable(_Strict):
    """thresholds.yml."""

    defaults: Row = Row()
    cells: StageTables = StageTables()
    channels: dict[str, dict[str, Value]] = {}
    captured: dict[str, Value] = {}


def schema() -> dict[str, Any]:
    """JSON schema of the rule files, so that an editor completes and checks them."""
    rules = RuleModel.model_json_schema(by_alias=True)
    table = ThresholdTable.model_json_schema(ref_template="#/$defs/{model}")
    off = Off.model_json_schema()
    shared = {**rules.pop("$defs", {}), **table.pop("$defs", {}), "Off": off}
    shared |= {"Rule": rules, "Table": table}
    either = {"anyOf": [{"$ref": "#/$defs/Rule"}, {"$ref": "#/$defs/Off"}]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "perfbot rules and thresholds",
        "anyOf": [{"type": "array", "items": either}, {"$ref": "#/$defs/Table"}],
        "$defs": shared,
    }
