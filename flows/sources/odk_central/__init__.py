"""A form's submissions on an ODK Central server, from its OData feed: what is new, changed or gone since the last pull.

The server says of a submission when it came, when it was changed and when it was deleted, but not that one was
restored or that a photo came late. So the number of submissions is compared on every pull, the few that wait for a
photo are asked for one by one, and every `reconcile_days` everything is read again.
"""

from flows.sources.odk_central.pulling import probe, pull, watermark_of

__all__ = ["probe", "pull", "watermark_of"]
