"""A folder or a file for each thing people do: its handler, its view and its forms."""
