"""Words that numbers stand beside, in the languages that business is done in here most."""

import unicodedata


def folded(word: str) -> str:
    """A word as it is compared: no capitals, no accents."""
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _table(lines: str) -> dict[str, str]:
    """Each word of a line → the line's first."""
    rows = [line.split() for line in lines.strip().splitlines()]
    return {folded(word): row[0] for row in rows for word in row}


CURRENCIES = _table("""
eur € euro euros euros
usd $ dollar dollars dólares dólar us$
gbp £ pound pounds pfund livres sterling
chf sfr fr. franken francs franchi
jpy ¥ yen 円
cny yuan rmb 元
inr ₹ rs rs. rupee rupees
krw ₩ won 원
brl r$ real reais
sek kr kronor
cent cents ct centimes céntimos centesimi rappen pence
""")
_OTHERS = _table("""
minute minutes min mins minuten minuto minutos minuti minuut 分 分钟 분
hour hours h hr hrs stunde stunden heure heures hora horas ora ore uur uren 小时 시간 時間
day days tag tage tagen werktag werktage werktagen arbeitstag arbeitstage arbeitstagen jour jours día días dia dias giorno giorni dag dagen werkdag werkdagen 天 日 일
week weeks woche wochen semaine semaines semana semanas settimana settimane weken 周 週 주
month months monat monate monaten mois mes meses mese mesi maand maanden mês 月 月间 개월
year years jahr jahre jahren an ans année années año años anno anni jaar ano anos 年 년
percent % prozent pourcent porcento procent ％
gram grams g gramm grammes gramos grammi
kilo kilos kg kilogram kilograms kilogramm 公斤
metre metres m meter meters mètre mètres metros metri
cm centimetre centimetres centimeter centimeters
mm millimetre millimetres millimeter millimeters
km kilometre kilometres kilometer kilometers kilomètres
mile miles
litre litres l liter liters
ml millilitre millilitres
mb gb tb
degree degrees ° °c °f grad
""")
UNITS = {**_OTHERS, **CURRENCIES}

_BETWEEN = """working business calendar full more further additional other whole consecutive
    ganze volle weitere weiteren more us canadian australian"""
BETWEEN = frozenset(map(folded, _BETWEEN.split()))
"""What may stand between a number and its unit and changes neither."""

_COUNTED = """
one eins ein eine einen einem einer un une uno una één een um uma
two zwei deux dos due twee dois duas
three drei trois tres tre drie três
four vier quatre cuatro quattro quatro
five fünf cinq cinco cinque vijf
six sechs sei seis zes
seven sieben sept siete sette zeven sete
eight acht huit ocho otto oito
nine neun neuf nueve nove negen
ten zehn dix diez dieci tien dez
eleven elf onze once undici
twelve zwölf douze doce dodici twaalf doze
thirteen dreizehn treize trece tredici dertien treze
fourteen vierzehn quatorze catorce quattordici veertien catorze
fifteen fünfzehn quinze quince quindici vijftien
""".strip().splitlines()
_TENS = {
    "twenty": 20, "zwanzig": 20, "vingt": 20, "veinte": 20, "venti": 20, "twintig": 20,
    "thirty": 30, "dreissig": 30, "trente": 30, "treinta": 30, "trenta": 30, "dertig": 30,
    "forty": 40, "vierzig": 40, "fifty": 50, "funfzig": 50, "sixty": 60, "sechzig": 60,
    "ninety": 90, "neunzig": 90, "hundred": 100, "hundert": 100, "cent": 100, "cien": 100,
}  # fmt: skip
SPELLED = {
    **{folded(word): value for value, row in enumerate(_COUNTED, 1) for word in row.split()},
    **_TENS,
}
"""Numbers in words."""

MONTHS = {
    folded(word): number
    for number, row in enumerate(
        """
january jan januar janvier janv enero gennaio januari janeiro
february feb februar février févr febrero febbraio februari fevereiro
march mar märz mars marzo maart março
april apr avril abril aprile
may mai mayo maggio mei maio
june jun juni juin junio giugno junho
july jul juli juillet juil julio luglio julho
august aug août agosto augustus
september sep sept septembre septiembre settembre setembro
october oct oktober okt octobre octubre ottobre outubro
november nov novembre noviembre novembro
december dec dezember dez décembre déc diciembre dicembre dezembro
""".strip().splitlines(),
        1,
    )
    for word in row.split()
}
WEEKDAYS = {
    folded(word): number
    for number, row in enumerate(
        """
monday mondays montag montags lundi lunes lunedì maandag
tuesday tuesdays dienstag dienstags mardi martes martedì dinsdag
wednesday wednesdays mittwoch mittwochs mercredi miércoles mercoledì woensdag
thursday thursdays donnerstag donnerstags jeudi jueves giovedì donderdag
friday fridays freitag freitags vendredi viernes venerdì vrijdag
saturday saturdays samstag samstags sonnabend samedi sábado sabato zaterdag
sunday sundays sonntag sonntags dimanche domingo domenica zondag
""".strip().splitlines(),
        1,
    )
    for word in row.split()
}
