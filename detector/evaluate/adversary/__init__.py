"""An attacker who knows the product only by what it lets through, and who pays for every try."""
