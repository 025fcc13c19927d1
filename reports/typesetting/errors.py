"""What is raised where a document cannot be set. Of a module of its own: who catches it need not load WeasyPrint."""


class RenderError(RuntimeError):
    """A document that was not set exactly as asked: a style, a drawing or an address was refused."""
