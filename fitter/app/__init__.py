"""The window. `state` knows no widget; `screens` know no geometry."""
