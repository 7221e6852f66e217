"""From a posed foot to landmarks and measures."""
