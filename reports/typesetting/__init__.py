"""How a page is set: our fonts, Thai text in PDF, and HTML turned into one tagged PDF."""
