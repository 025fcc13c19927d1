"""Pure: estimates in, PDF bytes out. The only layer that knows Jinja and WeasyPrint."""
