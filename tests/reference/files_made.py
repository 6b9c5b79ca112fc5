"""Tiny files made for one row of a table each, with what must become of them. The tests of the readers check them through the command
line, and the fuzzing targets begin from them."""
import collections

# content: bytes; warn: one list of words for each warning that must be there, and no other; refuse: words of the refusal, or None;
# told: what `info --json` must say (floats within 1e-5 of their size); points: (n, 4) array of x, y, z, value at voxels, or None.
Case = collections.namedtuple("Case", "row name suffix content warn refuse told points")


class Table(list):
    """The cases of one table."""

    def good(self, row, name, content, suffix, warn=(), points=None, **told):
        self.append(Case(row, name, suffix, content, [w if isinstance(w, (list, tuple)) else [w] for w in warn], None, told, points))

    def bad(self, row, name, content, suffix, *words):
        self.append(Case(row, name, suffix, content, [], list(words), {}, None))

    def rows(self):
        by_row = {}
        for case in self:
            by_row.setdefault(case.row, []).append(case)
        return by_row
