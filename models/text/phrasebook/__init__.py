"""Our own wordings of every purpose, honest and hostile alike, in several languages.

Each module has `WORDINGS`: family -> language -> wordings. A family is one way to ask, or one kind of user;
leave-one-out figures leave out whole families. `{item}` is filled from a permissive corpus or from `items`;
`{tag}`, `{n}` and `{domain}` from the lists there.
"""
