"""By which indicators the programme is to be judged, and whether that was said before the answers came."""

from reports.context import Context
from transforms.freezing import frozen_on

HASH_LETTERS = 12


def stated(context: Context) -> list[str]:
    """One sentence a primary indicator, then that all others are exploratory."""
    words, rows = context.words, context.facts.stated.to_dicts()
    sentences = []
    for row in rows:
        since = row["frozen_at"]
        day = context.numbers.day(frozen_on(since, context.programme)) if since is not None else ""
        hashed = row["definition"][:HASH_LETTERS]
        sentences.append(
            words(f"stated.{row['standing']}", title=context.title(row["indicator"]), day=day, hash=hashed)
        )
    return [*sentences, words("stated.others" if rows else "stated.none")]
