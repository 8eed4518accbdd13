"""Values in, Block Kit out: templates, filters, languages, charts."""
