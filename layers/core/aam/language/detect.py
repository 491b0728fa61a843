"""Detect the language of a text: by its script, by letters that only one language has, and by its commonest words.

Small on purpose: libraries that know more languages weigh 5 to 96 MB, and what is asked here is the language of pages
of speech.  Where the evidence is thin, none is named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

_SAMPLE = 200_000
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_LEAST_POINTS = {"Cyrl": 1.0, "Arab": 1.0, "Latn": 2.0}
_LEAST_LETTERS = 3
_DISTINCT_LETTER = {"Cyrl": 1.0, "Arab": 0.5, "Latn": 0.5}
"""What a letter that only some languages of a script have counts beside a common word."""

_SCRIPTS: tuple[tuple[str, str, str], ...] = (
    ("Latn", "A", "ɏ"), ("Latn", "Ḁ", "ỿ"), ("el", "Ͱ", "Ͽ"), ("Cyrl", "Ѐ", "ԯ"), ("hy", "Ա", "֏"), ("he", "֐", "׿"),
    ("Arab", "\u0600", "\u06ff"),
    ("hi", "ऀ", "ॿ"), ("bn", "ঀ", "৿"), ("pa", "\u0a00", "\u0a7f"), ("gu", "\u0a80", "\u0aff"),
    ("ta", "\u0b80", "\u0bff"), ("te", "\u0c00", "\u0c7f"), ("kn", "\u0c80", "\u0cff"), ("ml", "\u0d00", "\u0d7f"),
    ("si", "\u0d80", "\u0dff"), ("th", "\u0e00", "\u0e7f"), ("lo", "\u0e80", "\u0eff"), ("my", "\u1000", "\u109f"),
    ("ka", "Ⴀ", "ჿ"), ("am", "\u1200", "\u137f"), ("km", "\u1780", "\u17ff"), ("kana", "\u3040", "\u30ff"),
    ("ko", "\u1100", "\u11ff"), ("ko", "가", "힣"), ("Hani", "\u3400", "\u9fff"),
)  # fmt: skip
"""The script, or the language where the script has one, from the first to the last character."""

_LETTERS: Mapping[str, Mapping[str, str]] = {
    "Cyrl": {"ru": "ыэё", "uk": "іїєґ", "be": "ўіыэё", "bg": "", "sr": "јљњћђџ", "mk": "ѓќѕ", "kk": "әғқңөұү"},
    "Latn": {
        "de": "ßäöü", "fr": "çêèœùâûîô", "es": "ñ¿¡", "pt": "ãõçê", "it": "ìòè", "pl": "ąćęłńśźż", "cs": "ěřůťď",
        "sk": "ľĺŕôť", "hu": "őű", "ro": "ăâîșțşţ", "tr": "ğış", "sv": "åäö", "da": "æøå", "nb": "æøå", "fi": "äö",
        "nl": "ĳ", "hr": "đćč", "lt": "ėįųū", "lv": "āēīķļņ",
        "et": "õäö", "vi": "ăđơưạảấầậắệịọộớợụ", "en": "", "ca": "·ç",
    },
    "Arab": {"ar": "ةىأإ", "fa": "پچژگی", "ur": "ٹڈڑےہ"},
}  # fmt: skip

_WORDS: Mapping[str, Mapping[str, str]] = {
    "Cyrl": {
        "ru": "и в не что на я с это как он мы но по все у так за вы же да ты от для его есть было будет нет уже если "
        "или только когда мне нас очень может можно надо нужно потому чтобы еще ещё тоже хорошо сейчас давайте спасибо "
        "они она был была если кто где этот эта эти к из до о об при без чем ну вот добрый день завтра сегодня",
        "uk": "і в не що на я з це як він ми але по все у так за ви ж та ти від для його є було буде ні вже якщо або "
        "тільки коли мені нас дуже може можна треба потрібно тому щоб ще також добре зараз давайте дякую вони вона був "
        "була хто де цей ця ці до із про при без ніж ну ось й чи бо добрий завтра сьогодні їх її усі всі",
        "be": "і ў не што на я з гэта як ён мы але па усе так за вы жа ды ты ад для яго ёсць было будзе ужо калі або "
        "толькі мне нас вельмі можа можна трэба таму каб яшчэ таксама добра зараз дзякуй яны яна хто дзе гэты да пра",
        "bg": "и в не че на аз с това как той ние но по всичко у така за вие да ти от него е беше ще няма вече ако или "
        "само когато много може трябва защото още също добре сега благодаря те тя кой къде този са се си към при без",
        "sr": "и у не да на ја с то како он ми али по све так за ви ти од њега је било биће нема већ ако или само када "
        "врло може треба јер још такође добро сада хвала они она ко где овај су се смо што",
    },
    "Latn": {
        "en": "the and of to a in is that it we you i for on with this was be are have not but so they at what will "
        "can do if our there he she from my your would just about as all who an or no yes thanks it's don't i'll",
        "de": "der die das und ist nicht ich wir sie es zu ein eine mit auf für den dem von im auch dass wie was haben "
        "wird sind bei noch aber oder nur wenn kann werden uns mir sich ja nein schon dann danke hat man aus",
        "fr": "le la les des et est que nous vous je il elle on pas pour dans une un du en qui avec ce cette sur mais "
        "sont plus par au aux ne se être c'est j'ai d'accord oui non merci bien fait comme tout on ou où",
        "es": "el la los las que de y en un una es no por con para se lo como más pero sus le ya o este sí porque "
        "esta entre cuando muy sin sobre también me hasta hay donde nos gracias vamos está son del al yo",
        "pt": "o a os as que de e em um uma é não por com para se como mais mas ele ela isso você nós já ou este sim "
        "porque esta muito sem também eu até há onde nos obrigado vamos está são do da no na dos das foi vai",
        "it": "il lo la i gli le che di e in un una è non per con si come più ma lui lei questo noi già o sì perché "
        "questa molto senza anche io fino c'è dove ci grazie andiamo sono del della al nel dei ha ho abbiamo",
        "nl": "de het een en van is dat niet ik we wij je jullie te met op voor in zijn ook maar of als kan wordt ons "
        "mij nog wel naar bij om dan ja nee bedankt heeft hebben er wat moet gaan uit aan",
        "pl": "i w nie że na ja z to jak on my ale po wszystko u tak za wy się od dla jego jest było będzie już jeśli "
        "lub tylko kiedy mi nas bardzo może można trzeba bo żeby jeszcze też dobrze teraz dziękuję oni ona do czy co",
        "cs": "a v ne že na já s to jak on my ale po vše u tak za vy se od pro jeho je bylo bude už pokud nebo jen "
        "když mi nás velmi může musí protože aby ještě také dobře teď děkuji oni ona do co jsem jsme ve k",
        "sk": "a v nie že na ja s to ako on my ale po všetko u tak za vy sa od pre jeho je bolo bude už ak alebo len "
        "keď mi nás veľmi môže musí pretože aby ešte tiež dobre teraz ďakujem oni ona do čo som sme vo k",
        "hu": "a az és nem hogy egy van is ez mi én de meg ha csak már még lesz volt kell nagyon mert vagy mint azt "
        "ezt igen köszönöm jó akkor most fog ki el be le fel nekem nekünk hogyan",
        "ro": "și în nu că pe eu cu este ca el noi dar la tot așa pentru voi se de lui a fost va deja dacă sau doar "
        "când mi ne foarte poate trebuie încă bine acum mulțumim ei ea unde acest un sunt am",
        "hr": "i u ne da na ja s to kako on mi ali po sve tako za vi ti od njega je bilo bit nema već ako ili samo "
        "kada vrlo može treba jer još također dobro sada hvala oni ona tko gdje ovaj su se smo",
        "tr": "ve bir bu da de için ne ile var değil ben biz siz o mi mı çok daha ama gibi olarak kadar sonra evet "
        "hayır teşekkürler şimdi olan ya ki en şey bunu var yok olacak",
        "sv": "och att det i en är på som för av vi jag inte med har till den om ett men så kan ska han de vad från "
        "också eller bara när nu ja nej tack mycket ni oss mig var",
        "da": "og at det i en er på som for af vi jeg ikke med har til den om et men så kan skal han de hvad fra også "
        "eller kun når nu ja nej tak meget os mig var af blev",
        "nb": "og at det i en er på som for av vi jeg ikke med har til den om et men så kan skal han de hva fra også "
        "eller bare når nå ja nei takk mye oss meg var ble",
        "fi": "ja on ei se että me minä te mutta niin kuin kun tai vain nyt jos voi pitää meidän hän he mikä myös jo "
        "vielä kiitos hyvin olen olemme ovat oli tämä sitten",
        "vi": "và là của có không được cho các này tôi chúng ta trong một với những đã sẽ người khi cảm ơn",
        "id": "dan yang di ini itu tidak dengan untuk kita saya akan dari pada ada sudah bisa kami juga atau terima",
    },
    "Arab": {
        "ar": "في من على إلى أن هذا هذه مع عن ما لا نحن أنا كان التي الذي شكرا نعم سوف كل",
        "fa": "و در به از که این را با است برای آن ما من هم می شود خواهد بله نه متشکرم یک",
        "ur": "اور کے میں کی ہے کا کو سے یہ نے پر ہیں ہم آپ نہیں کر شکریہ",
    },
}  # fmt: skip


_BY_SCRIPT_ALONE = {"Cyrl": "ru", "Arab": "ar"}
"""What a short text most likely is where its words decide nothing."""


def detect_language(texts: Iterable[str]) -> str | None:
    """Return the tag of the language that most of the texts are in; None where the evidence is thin."""
    sample = _sample(texts)
    script = _script_of(sample)
    if script == "Hani":
        return "zh"
    if script == "kana":
        return "ja"
    if script is None or script not in _LETTERS:
        return script
    points = _points(sample, script)
    # Of languages with as many points the one that is named first in the table is spoken by more people.
    best = max(points, key=lambda language: points[language])
    return best if points[best] >= _LEAST_POINTS[script] else _BY_SCRIPT_ALONE.get(script)


def _sample(texts: Iterable[str]) -> str:
    taken: list[str] = []
    room = _SAMPLE
    for text in texts:
        if room <= 0:
            break
        taken.append(text[:room])
        room -= len(text)
    return "\n".join(taken)


def _script_of(sample: str) -> str | None:
    counts: Counter[str] = Counter()
    for character, times in Counter(sample).items():
        if character.isalpha() and (script := _script(character)):
            counts[script] += times
    if (
        counts["kana"]
        and (counts["kana"] + counts["Hani"]) * 2 > counts.total()
        and counts["kana"] * 20 > counts["Hani"]
    ):
        return "kana"
    if not counts or (counts.total() < _LEAST_LETTERS and not counts["Hani"]):
        return None
    # A few Latin names do not make a text in another script English, so that a third of the letters is enough.
    others = [(script, count) for script, count in counts.most_common() if script != "Latn"]
    if others and others[0][1] * 3 > counts.total():
        return others[0][0]
    return counts.most_common(1)[0][0]


def _script(character: str) -> str | None:
    return next((script for script, first, last in _SCRIPTS if first <= character <= last), None)


def _points(sample: str, script: str) -> dict[str, float]:
    """Return the points for each language: its common words, and the letters that only few have."""
    words = Counter(found.group().lower().replace("’", "'") for found in _WORD.finditer(sample))
    letters = Counter(sample.lower())
    worth = _DISTINCT_LETTER[script]
    return {
        language: sum(words[word] for word in set(common.split()))
        + worth * sum(letters[letter] for letter in _LETTERS[script].get(language, ""))
        for language, common in _WORDS[script].items()
    }
