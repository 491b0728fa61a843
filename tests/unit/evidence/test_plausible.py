"""What an honest model would write: the check must let it pass, or it protects nobody."""

from __future__ import annotations

import pytest

from aam.evidence.schemas import DraftArtifacts, DraftItem, DraftQuote, DraftSection
from aam.evidence.verify import verify
from aam.transcription.schemas import Transcript, Utterance

RELEASE = "we decided to move the release to december tenth"
REPORT = "anna will send the test report by friday december fourth"
RISK = "the risk is that the payment provider is late"
BUDGET = "Бюджет проекта — двести пятьдесят тысяч рублей, срок до пятнадцатого января."
DISCOUNT = "Ми домовилися, що знижка становитиме десять відсотків до кінця року."
REVENUE = "Revenue was 1.2 million dollars, up twenty-three percent; we close on the 3rd of March 2027 at 10:30."


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        (RELEASE, "The release was moved to December 10."),
        (RELEASE, "The team decided to move the release to 10 December."),
        (REPORT, "Anna will send the test report by Friday, December 4."),
        (REPORT, "Send the test report (Anna, by Dec 4th)"),
        (RISK, "Payment provider may be late."),
        (RISK, "Risk: The payment provider is late."),
        (BUDGET, "Бюджет — 250 000 руб., срок — 15 января."),
        (BUDGET, "The budget is 250,000 rubles, due January 15."),
        (BUDGET, "Бюджет проекта 250 тыс. рублей."),
        (DISCOUNT, "Знижка 10% до кінця року."),
        (DISCOUNT, "A discount of 10 percent was agreed until the end of the year."),
        (REVENUE, "Revenue reached $1.2M, 23% up."),
        (REVENUE, "Revenue: 1,200,000 USD (+23%)."),
        (REVENUE, "Deal closes 3 March 2027 at 10:30."),
        (REVENUE, "Deal closes on 2027-03-03."),
        (REVENUE, "Deal closes 03.03.2027."),
    ],
)
def test_an_honest_paraphrase_holds(quote: str, text: str) -> None:
    said = Utterance(id=1, speaker="Speaker 1", text=quote)
    transcript = Transcript(language="en", engine="e", model="m", version="1", utterances=(said,))
    item = DraftItem(text=text, quotes=(DraftQuote(quote=quote, utterance_id=1),))
    draft = DraftArtifacts(
        engine="e",
        model="m",
        prompt_version="1",
        language="en",
        sections=(DraftSection(kind="k", title="t", items=(item,)),),
    )
    (section,) = verify(draft, transcript=transcript, people=("Anna",)).sections
    assert [problem for found in section.unsupported for problem in found.problems] == []
