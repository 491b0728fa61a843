"""Words that stand before a colon in speech and notes and name no speaker, and the small words inside names."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOPICS = _words(
    """
    abstract action actions address advice agenda agreed agreement aim amount announcement answer answers
    appendix assumption assumptions attachment attendees attention background blocker blockers bonus bottom
    budget bug bugs caution caveat challenge challenges change changes channel comment comments concern
    concerns conclusion conclusions condition conditions confirmed consequence context copyright correction
    cost costs currency data date dates deadline deadlines deal decided decision decisions default definition
    deliverable deliverables dependencies description details discount disclaimer discussion duration email
    error estimate eta example examples exception facts feedback fee figures file final finally first firstly
    focus followup footnote format forecast fourth fyi goal goals guess hint history hours idea ideas
    important improvement info information input instead introduction invoice issue issues item items kind
    keyword keywords language lesson lessons link links list location main maybe meaning meeting message
    metric metrics milestone milestones minutes mission motion moral name names nb news next note notes number
    objective objectives offer opinion option options order outcome outcomes outlook output overview owner
    participants pause payment phone plan plans point points postscript premise present price prices pricing
    principle priorities priority problem problems pro pros process progress proof proposal proposals ps
    purpose quantity question questions quote rate ratio reason reasons recap recommendation recommendations
    reminder remark report request requirement requirements resolution resolved response result results
    revenue risk risks rule rules sales schedule scope score second secondly section situation solution
    solutions source sources split spoiler stage status step steps strategy subject subtotal suggestion
    suggestions sum summary target targets task tasks term terms then thesis third thirdly thought thoughts
    time timeline tip title todo topic topics total totals translation type update updates urgent verdict
    version vision vote warning weekday weight why wifi attendee transcript recording transcription speakers
    адрес анонс аргумент бюджет важно вариант варианты ввод вердикт версия внимание во-вторых во-первых вопрос
    вопросы вывод выводы главное гипотеза голосование данные дата дедлайн договорились договоренность
    договоренности длительность задание задача задачи задержка закон замечание заметка заметки запрос запись
    идея идеи итак итог итоги итого информация источник контекст комментарий ключевые кратко критерий место
    минус минусы мнение мораль например напоминание название наоборот новости новость номер обсуждение
    описание оплата ответ ответственный ответственные отлично отчет оценка ошибка ошибки первое план планы
    плюс плюсы повестка подитог позиция пояснение правило правила предложение предложения предупреждение
    пример примеры примечание причина причины приоритет приоритеты проблема проблемы прогноз продажи проект
    процесс результат результаты решение решения решено риск риски сделано скидка следующее ситуация совет
    согласовано ссылка ссылки срок сроки статус стоимость стратегия сумма суть тема темы термин тезис третье
    требование требования уточнение условие условия участники факт факты формат цель цели цена цены цитата
    второе шаг шаги этап этапы язык присутствовали расшифровка время адреса аргументи бюджети важливо варіант
    варіанти версія увага по-перше по-друге питання висновок висновки головне гіпотеза голосування дані
    дата-час дедлайни домовилися домовленість домовленості тривалість завдання задачі затримка зауваження
    нотатка нотатки запит запис ідея ідеї отже підсумок підсумки разом інформація джерело коментар коротко
    критерій місце мінус мінуси думка наприклад нагадування назва навпаки новини номери обговорення опис
    оплати відповідь відповідальний відповідальні чудово звіт оцінка помилка помилки перше плани плюси порядок
    позиція пояснення пропозиція пропозиції попередження приклад приклади примітка причини пріоритет
    пріоритети проблеми прогнози продажі проєкт рішення вирішено ризик ризики знижка наступне ситуація порада
    погоджено посилання термін терміни вартість стратегія тези третє вимога вимоги уточнення умова умови
    учасники факти формати ціль цілі мета ціна ціни друге крок кроки етап етапи мова присутні розшифровка
    achtung anmerkung antwort aufgabe aufgaben beispiel beschluss datum ergebnis entscheidung fazit frage
    fragen frist hinweis kosten preis punkt risiko teilnehmer thema themen vorschlag wichtig ziel
    zusammenfassung décision décisions délai exemple objectif problème prix réponse remarque résumé risque
    sujet tâche acuerdo decisión ejemplo fecha objetivo precio pregunta presupuesto problema respuesta resumen
    riesgo tarea tema decyzja cena termin pytanie odpowiedź uwaga podsumowanie zadanie ryzyko temat przykład
    decisão preço prazo pergunta resposta resumo tarefa decisione prezzo scadenza domanda risposta riassunto
    备注 注意 决定 決定 问题 問題 结论 結論 议题 議題 总结 まとめ 例 目的 結果 结果 主题 日期 时间 価格 价格 预算
    """
)
"""In the form of ``tokens.normalise``: case-folded, ё = е."""

ABSTRACT_ENDINGS = (
    "tion", "tions", "sion", "sions", "ness", "ments", "ities", "ance", "ology", "ость", "ости", "ние", "ния", "ция",
    "ции", "ство", "ення", "ання", "ість", "ція", "ції", "цтво", "ung", "heit", "keit",
)  # fmt: skip
"""Endings of nouns for things thought of, which names of such a length rarely have."""

PARTICLES = _words(
    """
    a al af ap ben bin bint d da das de del della den der des di do dos du e el el- ibn la las le les lo los
    mac mc of oğlu san santa st te ten ter the und v van vd ver von vom y z za zu zum zur де да ла ле фон ван
    дер ди дю бен ибн аль оглы кызы эль та і
    """
)
"""Small words inside names of several words: Anna van der Berg, Луи де Фюнес."""

VOICES = _words(
    """
    speaker spk spkr voice person participant guest user caller channel host unknown anonymous sprecher
    teilnehmer locuteur intervenant hablante orador interlocutor falante relatore mówca голос спикер участник
    диктор говорящий собеседник неизвестный пользователь гость спікер учасник мовець невідомий користувач
    гість 说话人 发言人 講者 話者 參與者 参与者
    """
)
"""What programs call a voice that they cannot name, mostly with a number behind it."""

UNKNOWN_VOICES = _words(
    """
    ? unknown unidentified unnamed anonymous unk none неизвестный неизвестная неизвестно неизвестное неопознанный
    неопознанная неопределен неопределенный аноним анонимный анонимно невідомий невідома невідомо невідоме
    неопізнаний неопізнана невизначений невизначено анонім анонімний unbekannt unbekannter unbekannte inconnu
    inconnue desconocido desconocida desconhecido desconhecida sconosciuto sconosciuta nieznany nieznana onbekend
    onbekende 未知 不明
    """
)
"""What programs write, alone or beside a word of `VOICES`, where they cannot even tell voices apart."""
