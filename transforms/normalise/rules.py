"""Which normaliser reads which question."""

from datetime import date

from transforms.normalise import areas, dates, identifiers, numbers, words, years
from transforms.normalise.reading import Rules
from transforms.programme import Question


def rules_for(question: Question, today: date, zone: str) -> Rules:
    """How a question's answers are read. `today`: after it no ordinary date lies; `zone`: where days begin."""
    match question.type:
        case "text":
            return identifiers.free_text()
        case "code":
            return identifiers.code()
        case "national_id":
            return identifiers.national_id()
        case "phone":
            return identifiers.phone()
        case "integer":
            return numbers.integer(question)
        case "number":
            return numbers.number(question)
        case "money":
            return numbers.money(question)
        case "year":
            return years.year()
        case "date":
            return dates.day(question, dates.Calendar.of(question, today, zone))
        case "boolean":
            return words.boolean()
        case "choice":
            return words.choice(question.choices)
        case "choices":
            return words.choices(question.choices)
        case "province":
            return areas.province()
        case "district":
            return areas.within("district") if question.within else areas.by_name_alone("district")
        case "subdistrict":
            return areas.within("subdistrict") if question.within else areas.by_name_alone("subdistrict")
