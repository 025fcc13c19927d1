"""The commands of `impact`, by what they are for. Each reads its options and calls one function.

What a command needs is imported inside it: `impact check` must not wait for Prefect or WeasyPrint.
"""
