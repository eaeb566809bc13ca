"""What an operator asks of a running installation: is it well, how far is it, send that again."""
