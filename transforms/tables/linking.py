"""How follow-ups found their people."""

import dataframely as dy

METHODS = ("participant_id", "national_id", "phone", "enterprise", "probable", "reviewed", "doubtful", "unmatched")
"""How a submission is joined to its person, the surest first; the last two are not joined."""


class Links(dy.Schema):
    """One row per follow-up source: what became of its accepted submissions."""

    source = dy.String(primary_key=True, description="The source.")
    accepted = dy.Int64(nullable=False, min=0, description="Accepted submissions.")
    linked = dy.Int64(nullable=False, min=0, description="Joined to a registration.")
    orphans = dy.Int64(nullable=False, min=0, description="Without a registration; listed, tried each night.")
    doubtful = dy.Int64(nullable=False, min=0, description="Of whom a person must say whose they are; listed.")
    without_consent = dy.Int64(nullable=False, min=0, description="Of people who did not consent; unused.")
    conflicts = dy.Int64(
        nullable=False,
        min=0,
        description="Dated before the registration or out of the round's window, or answered twice.",
    )
    unit_slips = dy.Int64(nullable=False, min=0, description="With an amount in doubtful units; set aside.")


class LinkMethods(dy.Schema):
    """One row per kind, source and method: how accepted submissions found their person, or did not.

    Of follow-ups all are counted; of registrations those of a person who registered before under another id.
    """

    kind = dy.Enum(["follow_up", "registration"], primary_key=True, description="Of which the submissions are.")
    source = dy.String(primary_key=True, description="The source.")
    method = dy.Enum(METHODS, primary_key=True, description="By what; doubtful ones wait for a person's word.")
    submissions = dy.Int64(nullable=False, min=1, description="How many accepted submissions.")


class LinkReview(dy.Schema):
    """One row per state of the review: how many doubtful pairs wait, are decided, or are gone with their data."""

    state = dy.Enum(["waiting", "same", "different", "gone"], primary_key=True, description="Where the pair stands.")
    pairs = dy.Int64(nullable=False, min=0, description="How many pairs of a follow-up and a person, or of two people.")
