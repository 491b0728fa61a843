from __future__ import annotations

import pytest

from aam.language.detect import detect_language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("uk", "Ми вирішили перенести реліз на десяте грудня, бо платіжний провайдер запізнюється."),
        ("uk", "Домовилися про ціну."),
        ("ru", "Мы решили перенести релиз на десятое декабря."),
        ("ru", "Да, пришлю договор завтра."),
        ("be", "Мы вырашылі, што цана застаецца такой жа, калі ўсе згодныя"),
        ("bg", "Решихме, че цената остава същата, ако всички са съгласни"),
        ("sr", "Одлучили смо да цена остане иста"),
        ("en", "We agreed that the price is 900 euros."),
        ("de", "Wir haben uns geeinigt, dass der Preis bleibt."),
        ("fr", "Nous avons décidé que le prix reste le même."),
        ("es", "Hemos decidido que el precio se queda igual."),
        ("pt", "Decidimos que o preço não muda até março."),
        ("it", "Abbiamo deciso che il prezzo rimane lo stesso."),
        ("pl", "Zdecydowaliśmy, że cena zostaje taka sama."),
        ("nl", "We hebben besloten dat de prijs hetzelfde blijft."),
        ("cs", "Rozhodli jsme se, že cena zůstane stejná."),
        ("ja", "価格は九百ユーロで合意しました。"),
        ("zh", "我们决定下周一发布。"),
        ("ka", "ჩვენ შევთანხმდით ფასზე"),
        ("ar", "اتفقنا على السعر في هذا الاجتماع"),
        ("uk", "Dana Reyes, Oleh Bondar, API: домовилися, що надішлемо договір."),
        (None, "900 — 42"),
        (None, ""),
    ],
)
def test_the_language_of_a_text_is_found(language: str | None, text: str) -> None:
    assert detect_language([text]) == language
