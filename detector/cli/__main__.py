"""`python -m detector.cli` is the `stillwatch` command."""

from detector.cli.app import main

main()
