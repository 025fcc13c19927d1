"""Drafts a form's declaration from what is known of it: an XLSForm, or a table's headings and first rows."""
