import pytest
import torch
from sklearn.linear_model import LogisticRegression

from workbench.engine.encoder.probe import STRENGTH, fit_probe


def clusters(labels: int, spread: float = 0.5) -> tuple[torch.Tensor, list[int]]:
    """Vectors around one place for each label, all of them far from the origin."""
    generator = torch.Generator().manual_seed(0)
    places = torch.randn(labels, 8, generator=generator)
    numbers = [i % labels for i in range(60)]
    noise = spread * torch.randn(60, 8, generator=generator)
    return places[numbers] + noise + 5.0, numbers


@pytest.mark.parametrize("labels", [2, 3, 7])
def test_probe_gives_the_probabilities_of_logistic_regression(labels: int) -> None:
    embeddings, numbers = clusters(labels)
    head = fit_probe(embeddings, numbers)
    centred = embeddings - embeddings.mean(0)
    features = (centred / centred.square().sum(1).mean().sqrt()).double().numpy()
    model = LogisticRegression(C=STRENGTH, max_iter=1000, tol=1e-8).fit(features, numbers)
    expected = torch.tensor(model.predict_proba(features))
    found = head(embeddings).detach().double().softmax(1)
    assert found.shape == (60, labels)
    torch.testing.assert_close(found, expected, atol=5e-4, rtol=1e-3, check_dtype=False)


def test_probe_sees_what_tells_vectors_apart_not_where_all_of_them_lie() -> None:
    embeddings, numbers = clusters(3)
    near, far = fit_probe(embeddings, numbers), fit_probe(embeddings * 0.01 + 9.0, numbers)
    torch.testing.assert_close(near(embeddings), far(embeddings * 0.01 + 9.0), atol=0.05, rtol=0.05)


def test_equal_vectors_give_no_preference() -> None:
    head = fit_probe(torch.ones(6, 4), [0, 1, 0, 1, 0, 1])
    torch.testing.assert_close(head(torch.ones(1, 4)).softmax(1), torch.full((1, 2), 0.5))
