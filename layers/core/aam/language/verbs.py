"""Irregular English verbs: their past forms and what they are forms of."""

from __future__ import annotations

from aam.language.phrases import phrases_of

# The base, the past, and the participle where it differs.
_IRREGULAR = """
be was were been | become became | begin began begun | break broke broken | bring brought | build built
buy bought | catch caught | choose chose chosen | come came | cost cost | cut cut | deal dealt | do did done
draw drew drawn | drive drove driven | eat ate eaten | fall fell fallen | feel felt | fight fought | find found
fly flew flown | forget forgot forgotten | get got gotten | give gave given | go went gone | grow grew grown
have had | hear heard | hold held | keep kept | know knew known | lead led | leave left | lend lent | lose lost
make made | mean meant | meet met | pay paid | ride rode ridden | rise rose risen | run ran | say said
see saw seen | sell sold | send sent | show showed shown | shrink shrank shrunk | sit sat | speak spoke spoken
spend spent | stand stood | steal stole stolen | swear swore sworn | take took taken | teach taught | tell told
think thought | throw threw thrown | understand understood | wear wore worn | win won
withdraw withdrew withdrawn | write wrote written
"""


def _table() -> dict[str, str]:
    rows = (row.split() for row in phrases_of(_IRREGULAR))
    return {form: forms[0] for forms in rows for form in forms[1:] if form != forms[0]}


BASE_FORMS = _table()
"""The base form of each irregular past form and participle."""
