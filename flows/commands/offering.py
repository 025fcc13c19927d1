"""Everything at once, and on a schedule: demo, serve."""

from flows.commands.app import app, print_paths


@app.command
def demo() -> None:
    """Both example programmes, from made-up and real data to PDFs in two languages.

    Example: `impact demo`
    """
    from flows.demo import demo as run_demo

    print_paths(run_demo())


@app.command
def serve(*, port: int = 4200) -> None:
    """Schedule the nights and offer the report form, on this machine, until stopped.

    Example: `impact serve --port 4200`

    Parameters
    ----------
    port
        The port of the browser's page, on this machine only.
    """
    from flows.serving import serve as serve_deployments

    serve_deployments(port)
