"""A programme, as its folder of TOML files declares it. Frozen, and checked on load by `loading`.

The engine knows no programme's questions but these names, which mean the same in every programme:
`participant_id` (every form; becomes the pseudonym `participant`), `registered_on` (registration; a date),
and, where a programme asks them, `enterprise_id` (becomes the pseudonym `enterprise`), `session`,
`consented` (registration; a boolean), `answered_on` and `contact_result` (follow-ups), and for the checks
`enumerator` (a code), `started_at` and `ended_at` (texts in ISO 8601) and `gps` (a text; identity).
"""

from transforms.programme.design import Arms, Breakdown, Contact, Design, DesignKind, Period, Round, SizeLimit, SizeRule
from transforms.programme.forms import Choice, Combination, Derived, Form, Question, QuestionType
from transforms.programme.freezing import Freeze, Role
from transforms.programme.gate import Gate, GateRule, Verdict
from transforms.programme.indicators import BUDGET, DISTRIBUTIONS, Between, Indicator, Quantity, Statistic
from transforms.programme.prices import Prices
from transforms.programme.retention import Retention
from transforms.programme.scrutiny import Checks, Disclosure, Linking, Rule
from transforms.programme.sources import (
    Connected,
    FileDrop,
    From,
    KoboToolbox,
    OdkCentral,
    Postgres,
    Source,
    length_of_time,
)
from transforms.programme.weights import Margin, Nonresponse, Weights
from transforms.programme.whole import Programme
from transforms.programme.words import LANGUAGES, Declared, Identifier, Language, Text

__all__ = [
    "BUDGET",
    "DISTRIBUTIONS",
    "LANGUAGES",
    "Arms",
    "Between",
    "Breakdown",
    "Checks",
    "Choice",
    "Combination",
    "Connected",
    "Contact",
    "Declared",
    "Derived",
    "Design",
    "DesignKind",
    "Disclosure",
    "FileDrop",
    "Form",
    "Freeze",
    "From",
    "Gate",
    "GateRule",
    "Identifier",
    "Indicator",
    "KoboToolbox",
    "Language",
    "Linking",
    "Margin",
    "Nonresponse",
    "OdkCentral",
    "Period",
    "Postgres",
    "Prices",
    "Programme",
    "Quantity",
    "Question",
    "QuestionType",
    "Retention",
    "Role",
    "Round",
    "Rule",
    "SizeLimit",
    "SizeRule",
    "Source",
    "Statistic",
    "Text",
    "Verdict",
    "Weights",
    "length_of_time",
]
