from workbench.data.checkup.similarity.tokens import normalize


def test_a_text_has_the_same_words_whatever_stands_beside_it() -> None:
    texts = [f"Don't pay{chr(code)}4.50" for code in range(128)]
    assert normalize(texts).to_pylist() == normalize([*texts, "Größe"]).to_pylist()[:-1]
    assert normalize([texts[ord("_")]]).to_pylist() == ["dont pay 450"]
