"""Common nouns that open a sentence of minutes with a capital letter and are no names; beginnings of words."""

from __future__ import annotations

import re

_ENGLISH = """
accept access account accura action activ actual add address adopt adult advan advert advi age agenda agree aim alarm
alternat amount analy android announc answer api app appl approv archiv area argument article asset assign assist
assum attempt attend audience audio audit august author automat availab average award back balance bank base basic
basis batter beach bedroom beginner behavio benefit bid bill block blue board body bonus book boss bottom box brand
break brief bring broad broker browser bud bug build bus business button buy cabinet cable calc calend call camera
campaign candidat capacit car card care case cash catalog categor cause cell central certif chain chair challenge
chance change channel chapter charge chat cheap check chief child chip choice choos circuit city class clean clear
client clinic clos cloth cloud club coach code coffee collab collect college color colour column comment commerc
commit common commun compan compar compet complain complet component comput concept concern condition conf connect
consider construct consult consumer contact content contract control convers cook cop core corner corpor correct cost
council count couple course court cover credit crew critic culture curren custom cut cycle dashboard data date day
deadline deal debt decision default defect defen degree delay deliver demand demo department deploy depos deput design
desk detail develop device diagram diet difference digital dinner direct disc discount discuss disk display distance
distrib doctor document dollar domain door double doubt down draft drink drive driver drop drug dual due duration dut
earl earn east econom edit educat effect effort elder elect element email employ empt end energ engine english enough
enter entire entr environment equip error essential estimat euro event evidence exact example exchange exec exist exit
expan expect expens experi expert explain export extern extra face facilit fact factor factory failure fair fall famil
farm fast father feature federal fee feed field figure file fill film filter final financ find finger fire firm fish
fix flat flight floor flow flu focus folder follow food force forecast foreign form formal format forward found frame
free freight frequen fresh friend front fruit fuel full function fund furniture future game gap garden gas gender
general german gift girl glass global goal gold good government grade graduate grant graph great green grid grocer
ground group grow growth guarant guest guid hand hard hardware head headphone headset health heat heavy height help
high hir histor holiday home hospital host hotel hour house human hundred idea identif image impact implement import
improv inc incident income increas individual industr infect inflat info infra initial inject input inquir inside
inspect install instruct insur integr intelli intens inter invent invest invit invoice issue item job join joint judge
july june junior key kid kind kitchen knowledge label labo lab lack land language laptop large late latest latter
launch law layer layout lead leader lease leather leav legal legisl length lesson letter level library licen life lift
light like limit line link liquid list listen little loan local location lock logic logist logo long loss low lunch
machine mail main maint major majority male man manag manufactur many map margin mark market mass master match
material math max meal meaning measur mechan media medic meet member memor men menu mess metal method microphone
middle migrat milestone military milk million mind mini minist minor minut mirror miss mist mix mobile mode model
modern modul moment money monitor month mood morning most mother motion mount move movie multi music national native
natural nature near need negat network new next night noise non normal north note nothing notice notif number nurs
object observ occas off offer offic official oil old once online only open operat opinion opport opposit option orange
order ordinar organ original other outcome outlin output outside overall overtime own owner pack package page paid
pain paint panel paper parent park part partner pass password past patent path patient pattern pause pay peak pen
pension people percent perfect perform period permiss permit person phase phone photo phrase pick picture piece pilot
pipeline place plan planned plant plastic platform play point police polic politic poll pool poor popul port position
positive possib post potential pound power practic prefer prelim prepar present presid press prevent previous price
pric principal print prior prison private prob problem procedure process produc product profess profile profit program
progress project promis promo proof proper proport propos prospect prot proto provid provin public publish pull
purchase purpose push qual quant quarter quer question quick quiet quote race radio rain raise range rate rating raw
reach read ready real reason recall receiv recent recip recogn recommend record recover recruit recycl red reduc
reference refin reform refund refus region regist regular reject relat release relevan reliab remain remark remind
remote remov rent repair repeat replac reply report represent request requir research reserv residen resource respon
rest restaurant result retail retir return revenue review revis right risk road robot role roll room round route row
rubber rule run rural safe salar sale sample satisf sav scale scene schedul scheme school science scope score screen
script search season seat second secret section sector secur select self sell senat send senior sense sensor separat
seri serv server service session set several share sheet shift ship shop short shot show sick side sign signal silver
similar simple simulat since single site situation size sketch skill sleep slide slow small smart smoke social soft
software solar sold solution some sound source south space spanish speak speaker special speech speed spend split
sponsor sport spring staff stage stand standard start state statement station statistic status stay steel step still
stock stop storage store storm story strateg stream street strength stress strike strong structure student stud studio
style subject submi subscri subtitle success sugar suggest suit summar summer sun supplement suppl support sure surf
surg surve survey sustain switch symbol system table tablet tag talk target task tax taxi teach team tech technic
technolog teen tele television tell temp temperat tenant term test text thank theme theor thing think third thousand
ticket time timeline timing tiny tip title today toilet token tool top topic total touch tour town track trade
tradition traffic train transcript transf transit translat transport trav travel treat trend trial trip trouble truck
trust try turn tutor tv two type typical uncertain under union unit universit update upgrade upload upper urban urgen
usab usage use user usual vacat vaccin value van variant variat various vehicle vendor venue version video view
village virtual virus vision visit visual vocab voice volume volunteer vote voucher wage wait wall war ware warn
warrant waste water wave way weak weather web website week weight west wheel whole wide wife wind window wine winter
wire wireless wish woman women wood word work worker workshop world worry worth writ wrong year yellow young youth
zero zone anything something anyone everything
"""
_RUSSIAN = """
автомат агент адрес акт акци анализ аналит анкет аренд архив аудит баз банк безопас библиотек билет бизнес блок больш
бонус бренд буд букет бумаг бухгалт бюджет вакан вариант ввод вебинар веб ведом верси вечер вещ взнос видео визит вин
внедр вниман вод водител возврат возмож возраст война вопрос врач время встреч вход выбор выдач вызов выпуск выруч
выставк выход газ гаранти главн год голос город гост государ график груз групп дат данн дверь движ действ дел день
деньг департамент детал дет дефект диалог дизайн директор дисплей добав доверен договор договорен доклад доку долг
должн дом доп доработ дорог достав доступ доход друг единиц жал жалоб желез жизн жил журнал задан задач задерж заказ
закон закуп зал замен замеч замет занят запас запис заплан запрос запуск зарплат зарпл затрат заявк заявл здан земл
знан зна игр идея изгот измен изображ инвест индекс инженер инструкц инструмент интеграц интерес интернет интерфейс
инфо информ инцидент испытан исполн использ испра исслед источник исход итог кабинет календар камер кампан канал
кандидат карт карточк касс категор кафе качеств квартал квартир клад клиент книг кнопк код коллег колич колонк команд
коммерч комисс коммунал компан комплект компьютер конкурс конкурент консульт контак контент контракт контрол конфер
концеп копи корп корректор коробк корпус кофе кредит критер кризис курс курьер лекц лиц лиценз логистик лучш маг магаз
макет марж маркет маршрут мастер матер машин мебел мед мелк менедж мероприят мест месяц метод минус мир миссия мнен
многи модел модер модул молод момент монтаж набор навык надежн назнач название налич налог направл наруш насел настрой
наш начал недел недост необход неработ несколь новост нов номер норм ночь нужн обед област обмен оборуд обор образ
образов обратн обращ обслуж обсужд обуч объедин объект объем объяв обязан огранич одежд ожид окно окон окруж онлайн оп
оператор опис оплат опрос опыт организ орган оригинал основ остат остальн ответ отдел отзыв отказ открыт отлож отмен
отношен отпуск отправ отрасл отчет офис оформ охран оцен очеред ошибк пакет панел папк парк парол партия партн пауз
пациент первонач перев перег перед передач перезап переезд переход период персон песн печат пилот пис письм план
планир планшет платеж плат платформ площад поверх повест повод повтор погод под подбор подготов поддерж поезд пожел
позиц поиск показ покупат покуп пол поле полит пользоват помещ помощ понима поправк порт порядок последн послед постав
постоян постро потенц потер потреб правил прав правк практ предлож предмет предоплат представ предпоч презент премь
прием приемк приз признак приклад прилож применен пример принтер принцип приорит природ присут причин пробл проб пробн
провер прогноз програм продаж продвиж продл продукт проект производ прост просьб протокол профил проход процед процент
процесс прям публик пункт путь работ радио развит разд различ размер разни разраб разреш район расписан распред расход
расчет расшир реак реаль регион регистр регламент режим результат резерв резюме реклам рекоменд релиз рем ремонт
реорган репутац ресурс реш риск руб рук руковод рын ряд сайт салон сбор свет свобод своб связ сда сделк себесто сегодн
сезон секц семин семь серв сервер сервис середин серия серь сертиф сессия сеть сигнал систем ситуац скидк склад скор
слайд след слов слож служб случ смен смет смысл снижен собеседов событ соверш совет совещ соглас соглаш создан сокращ
сообщ сотруд состав состоян социаль союз спам специал список спорт способ сравн сред срок ссыл стад стажер стандарт
стар старт стат стенд стиль стоим стол сторон стоянк страниц стран страх строит структур студ стул субтитр сувенир
судь сумм сумма счет сырь таблиц такси тариф текст текущ тел телефон тем тема температур тендер тест тестов тестир
техн тип товар то тон торгов точк традиц транспорт трафик тренд требов треть трудн увелич увед угол угроз уда удал уд
уж узел указ улучш упаков уров урок усл услов услуг успех устан устройств утвержд утеч ученик уч учет файл факт филиал
фильм фильтр финанс фирм фон фонд форм формат фот функц футбол характер цвет цел цена цены центр цех цикл част чел
человек черновик числ член чтен школ штат штраф эколог эконом экран эксперимент эксперт экспорт электр элемент эмоц
энерг этап эфир эффект юбил юрид юрист язык ярлык ящик
"""
_UKRAINIAN = """
автомат агент адрес акт акці аналіз аналіт анкет оренд архів аудит баз банк безпек бібліотек квит бізнес блок більш
бонус бренд буд папір бухгалт бюджет вакан варіант введен вебінар верс вечір візит впровад увага вода водії поверн
можлив вік війна питан лікар час зустріч вхід вибір видача виклик випуск вируч виставк вихід газ гарант голов рік
голос міст гіст держав графік вантаж груп дат дан двер рух дії справ день грош департамент деталь діти дефект діалог
дизайн директор диспл додат довірен договір домовл доповід докум борг дім доопрац дорог достав доступ дохід одиниц
скарг житт журнал завдан затрим замовл закон закуп зал замін зауваж заявк запас запис заплан запит запуск зарплат
витрат будівл земл знан гра ідея вигот змін зображ інвест індекс інженер інструкц інструмент інтеграц інтерес інтернет
інтерфейс інфо інформ інцидент випроб викон використ виправ дослід джерел підсум кабінет календар камер кампан канал
кандидат карт картк кас категор кафе якіст квартал квартир клад клієнт книг кнопк код колег кільк колонк команд комерц
коміс комунал компан комплект комп конкурс конкурент консульт контак контент контракт контрол конфер концеп копі корп
коробк кава кредит критер криз курс кур лекц ліценз логістик кращ магаз макет марж маркет маршрут мастер матер машин
меб мед менедж захід заход місц місяць метод мінус світ думк модел модул молод момент монтаж набір навич надій признач
назва наявн подат напрям поруш насел налаштув наш початок тижд нестач необхід новин нов номер норм ніч потріб обід
област обмін обладн образ освіт зворот зверн обслуг обговор навчан обєдн об'єкт обсяг оголош обов обмеж одяг очік
вікно вікн оточ онлайн оператор опис оплат опит досвід організ орган оригінал основ залиш решт відповід відділ відгук
відмов відкр відклад відпуст відправ галуз звіт офіс оформ охорон оцін черг помилк пакет панел папк парк парол партія
партн пауз пацієнт перекл перед переда перезап переїзд перех період персонал пісн друк пілот лист план планшет платіж
плат платформ площ повер порядок привід повтор погод підготов підтрим поїздк побаж позиц пошук показ покуп пол поле
політ користув приміщ допомог розумін поправ порт останн постав постійн побуд потенц втрат потреб правил прав практ
пропоз предмет передплат предст презент прем прийом приз ознак приклад дода застосув принтер принцип пріор природ
причин пробл пробн перевір прогноз програм продаж просув продовж продукт проєкт проект виробн прост прохан протокол
профіл процед відсот процес публік пункт шлях робот радіо розвит розділ різн розмір різниц розроб дозвіл район розклад
розпод розрах розшир реакц реальн регіон реєстр регламент режим результат резерв резюме реклам рекоменд реліз ремонт
репутац ресурс рішен ризик рук керів ринок ринк ряд сайт салон збір світл свобод зв'язок звяз здач угод собіварт
сьогодн сезон секц семін сім серв сервер сервіс середин серія серйоз сертиф сесія мереж сигнал систем ситуац знижк
склад швидк слайд наступн слов складн служб випад кошторис сенс зниж співбес поді порад нарад погодж створен скороч
повідом співроб стан соціал союз спам спец список спорт спосіб порівн серед строк термін посил стад стажер стандарт
стар старт стат стенд стиль варт стіл сторон стоянк сторінк країн будівельн структур студ субтитр сума рахун таблиц
таксі тариф текст поточн тіл телефон тем тема температур тендер тест техн тип товар торгов точк традиц транспорт
трафік тренд вимог третин трудн збільш загроз віддал вузол вказ поліпш упаков рівен урок умов послуг успіх встан
пристр затверд учас учн облік файл факт філі фільм фільтр фінанс фірм фон фонд форм формат фот функц характер колір
ціл ціна ціни центр цех цикл част людин люд чернет числ член читан школ штат штраф еколог економ екран експеримент
експерт експорт електр елемент емоц енерг етап ефір ефект юрид юрист мова мови ярлик ящик підписн місто водій інші
жоден кожен деякі
"""
_ENGLISH_SUFFIX = re.compile(
    r".+(?:ing|ings|ed|ly|tion|tions|sion|sions|ment|ments|ness|ity|ities|ance|ances|ence|ship|ers|ors|ists|ism|ful|less|able|ible|"
    r"ous|ive|ical|ics|ages|ies|ures|ways|logy)"
)
_CYRILLIC_SUFFIX = re.compile(
    r".+(?:ция|ции|цию|ние|ния|нии|ение|ость|ости|ство|ства|ать|ить|еть|ять|уть|ться|тся|ый|ая|ое|ые|ых|ого|ому|ыми|ую|"
    r"нно|ально|ция|ції|цію|ння|ття|ість|ості|ити|ати|іти|яти|ися|ється|ються|ної|ний|ними|них|ських|альне)"
)
_SURNAME = re.compile(r".+(?:ский|ская|цкий|цкая|ський|ська|цький|цька|енко|чук)")


_SHORT, _SHORT_REST = 3, 3


def _beginnings(text: str) -> dict[int, frozenset[str]]:
    words = text.split()
    return {size: frozenset(word for word in words if len(word) == size) for size in {len(word) for word in words}}


_BEGINNINGS = _beginnings(f"{_ENGLISH} {_RUSSIAN} {_UKRAINIAN}")


def is_common(norm: str) -> bool:
    """Return whether a word is a common one by its beginning or suffix, as `tokens.normalise` gives it."""
    for size, words in _BEGINNINGS.items():
        # Few letters begin names as well: after them only an ending may follow.
        rest = len(norm) - size
        if norm[:size] in words and (size > _SHORT or rest <= (norm.endswith("s") if norm.isascii() else _SHORT_REST)):
            return True
    if norm.isascii():
        return _ENGLISH_SUFFIX.fullmatch(norm) is not None
    return _CYRILLIC_SUFFIX.fullmatch(norm) is not None and _SURNAME.fullmatch(norm) is None
