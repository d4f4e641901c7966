"""Rows that the files of the corpus are made of."""

EXAMPLES = [
    ("Where is my parcel? It was due on Monday.", "delivery"),
    ("The mug arrived in two pieces.", "damage"),
    ("Can I still change the address of my order?", "order"),
    ("The tracking has not moved for a week.", "delivery"),
    ("One of the plates has a crack.", "damage"),
    ("Please add a second lamp to my order.", "order"),
    ("The courier says that nobody was at home.", "delivery"),
    ("The glass of the picture frame is broken.", "damage"),
    ("I would like to cancel the blue chair.", "order"),
    ("When will the rest of my order come?", "delivery"),
    ("The table came with a scratched top.", "damage"),
    ("Can you send the invoice to my office instead?", "order"),
]
REPLIES = [
    f"We are sorry to hear that, and look into it today (case {n})." for n in range(101, 113)
]
GERMAN = [
    (text.format(number), label)
    for number in range(1, 5)
    for text, label in (
        ("Die Lieferung {} nach Köln ist überfällig.", "Größe"),
        ("Kühlschrank {} läuft heiß, und die Tür schließt nicht.", "Gerät"),
        ("Können Sie die Füße von Stuhl {} kürzen?", "Möbel"),
    )
]
RUSSIAN = [
    (text.format(number), label)
    for number in range(1, 7)
    for text, label in (
        ("Где моя посылка? Заказ номер {}.", "доставка"),
        ("Чашка из заказа {} разбита.", "брак"),
    )
]
HEADER = ("text", "label")
