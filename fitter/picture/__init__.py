"""Drawing a posed foot: a pure camera, a software rasteriser, and named views."""
