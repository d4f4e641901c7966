"""Tokens told from characters are near what the bundled tokenizers count, in many languages."""

import pytest
from tokenizers import Tokenizer

from workbench.models.bundled import bundled_path
from workbench.training.token_guess import tokens_in

TEXTS = {
    "letters": "Where is my parcel? I ordered a fountain pen two weeks ago and it has not come yet. "
    "Please tell me when it will be here, or send my money back.",
    "reports": "Revenue grew considerably in the northern region, and by the end of the quarter the "
    "company had opened several branches; management expects further growth.",
    "German": "Wo bleibt mein Paket? Ich habe vor zwei Wochen einen Stift bestellt, und er ist immer "
    "noch nicht angekommen. Bitte teilen Sie mir mit, wann er geliefert wird.",
    "Spanish": "Hace dos semanas compré una pluma y todavía no ha llegado; quisiera saber cuándo va a "
    "llegar, o recibir el dinero de vuelta.",
    "Russian": "Где моя посылка? Я заказал ручку две недели назад, и она всё ещё не пришла.",
    "Chinese": "我的包裹在哪里？我两周前订了一支钢笔，现在还没有送到。请告诉我什么时候能到。",
    "numbers": "Order 4821-77, 19.90 EUR, due 2026-03-14; order 5530-12, 7.50 EUR, due 2026-04-02.",
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_guess_is_near_the_count(name: str) -> None:
    file = bundled_path("SmolLM2-135M-Instruct") / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(file))
    counted = len(tokenizer.encode(TEXTS[name]).ids)
    assert tokens_in([TEXTS[name]], tokenizer.get_vocab_size())[0] == pytest.approx(
        counted, rel=0.2
    )
