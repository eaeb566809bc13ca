"""The demo: the bundled sample log, streamed through the whole service at an accelerated pace."""
