from workbench.data.checkup.similarity.tokens import plain


def test_a_text_has_the_same_words_whatever_stands_beside_it() -> None:
    texts = [f"Don't pay{chr(code)}4.50" for code in range(128)]
    assert plain(texts).to_pylist() == plain([*texts, "Größe"]).to_pylist()[:-1]
    assert plain([texts[ord("_")]]).to_pylist() == ["dont pay 450"]
