"""An evaluation for people: one set of sections, written as HTML with plots, as Markdown, and in short."""
