"""Where the arch sits on the continuum, by a jury of published indices."""
