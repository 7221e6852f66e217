"""`python -m fitter` is the `fitter` command."""

import sys

from fitter.cli import main

sys.exit(main())
