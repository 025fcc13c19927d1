"""How fast estimates are made, beside the least that any tool must do and beside the usual tools."""
