"""One module a kind of source, each with the same one function: `pull`."""
