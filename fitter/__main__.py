"""`python -m fitter` is the `fitter` command."""

import sys

from fitter.cli import main

if __name__ == "__main__":  # the window's worker process imports this file again
    if getattr(sys, "frozen", False):  # one bundled file is its own worker
        import multiprocessing

        multiprocessing.freeze_support()
    sys.exit(main())
