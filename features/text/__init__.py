"""What the text of a request says about it, in a fixed-size row that holds no text."""
