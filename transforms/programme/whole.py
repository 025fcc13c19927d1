"""A programme whole."""

from typing import Annotated

from pydantic import Field

from transforms.programme.design import Breakdown, Contact, Design, Period, Round, SizeRule
from transforms.programme.forms import Derived, Form, Question
from transforms.programme.freezing import Freeze
from transforms.programme.gate import Gate
from transforms.programme.indicators import Indicator
from transforms.programme.prices import Prices
from transforms.programme.retention import Retention
from transforms.programme.scrutiny import Checks, Disclosure, Linking
from transforms.programme.sources import FileDrop, Source
from transforms.programme.weights import Weights
from transforms.programme.words import Declared, Identifier, Text


class Programme(Declared):
    """Everything the engine knows of one programme."""

    id: Identifier
    title: Text
    agency: Text
    about: Text
    credit: Text | None = None
    synthetic: bool = False
    time_zone: str = "Asia/Bangkok"
    unit: Text
    rounds: Annotated[tuple[Round, ...], Field(min_length=1)]
    periods: Annotated[tuple[Period, ...], Field(min_length=1)]
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    design: Design
    contact: Contact | None = None
    size_rule: SizeRule | None = None
    breakdowns: tuple[Breakdown, ...] = ()
    checks: Checks = Checks()
    linking: Linking | None = None
    disclosure: Disclosure = Disclosure()
    gate: Gate = Gate()
    retention: Retention | None = None
    weights: Weights | None = None
    budget: dict[Identifier, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    prices: Prices | None = None
    limitations: tuple[Text, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    forms: dict[Identifier, Form]
    derived: dict[Identifier, Derived] = Field(default_factory=dict)
    indicators: dict[Identifier, Indicator]

    @property
    def baseline(self) -> Round:
        """The round that registration is."""
        return self.rounds[0]

    @property
    def registration(self) -> Form:
        """The form by which units enter the programme."""
        return next(form for form in self.forms.values() if form.kind == "registration")

    @property
    def follow_ups(self) -> tuple[Form, ...]:
        """The forms by which units are asked again."""
        return tuple(form for form in self.forms.values() if form.kind == "follow_up")

    @property
    def questions(self) -> dict[str, Question]:
        """Every question that may enter the warehouse, registration first; identity questions never do."""
        forms = (self.registration, *self.follow_ups)
        merged: dict[str, Question] = {}
        for form in forms:
            for name, question in form.questions.items():
                if not question.identity:
                    merged.setdefault(name, question)
        return merged

    def headlines(self) -> "Programme":
        """The same programme with the indicators of its summary page only, and for the whole of it only."""
        told = {name: each for name, each in self.indicators.items() if each.headline is not None}
        return self.model_copy(update={"indicators": told, "breakdowns": ()})

    def may_lack_id(self, form: Form) -> bool:
        """Whether a form's submissions may come without participant_id, because something else tells who it is."""
        if self.linking is None or form.kind == "registration":
            return False
        return any(name in form.questions for name in (*self.linking.name, *self.linking.keys.values()))

    @property
    def file_drops(self) -> tuple[FileDrop, ...]:
        """The sources that are files in the inbox."""
        return tuple(source for source in self.sources if isinstance(source, FileDrop))

    @property
    def profile(self) -> tuple[str, ...]:
        """The columns fixed at registration and carried to every round."""
        asked = [name for name, question in self.questions.items() if question.profile]
        derived = [name for name, column in self.derived.items() if column.profile]
        sized = [self.size_rule.at_registration] if self.size_rule and self.size_rule.at_registration else []
        return (*asked, *derived, *sized)
