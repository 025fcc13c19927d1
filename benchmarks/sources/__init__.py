"""How fast each kind of source is landed, beside the least that any tool would have to do with the same rows."""
