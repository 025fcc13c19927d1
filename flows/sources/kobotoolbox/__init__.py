"""A KoboToolbox project's submissions: all of them each time, since an edit leaves no date and a deletion no trace."""

from flows.sources.kobotoolbox.pulling import probe, pull

__all__ = ["probe", "pull"]
