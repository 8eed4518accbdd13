"""Questions two marketers type, with the figure a right answer holds worked out beside perfbot."""
