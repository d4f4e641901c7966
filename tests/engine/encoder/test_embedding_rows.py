import pytest
import torch
from torch import nn
from transformers import BertConfig, BertModel

from workbench.engine.encoder.embedding_rows import (
    TrainedEmbeddingRows,
    put_rows_back,
    train_embedding_rows,
)

SEEN = [[4, 9, 2], [9, 7, 0]]


@pytest.fixture
def body() -> BertModel:
    torch.manual_seed(0)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    return BertModel(BertConfig(vocab_size=12, intermediate_size=8, **sizes)).eval()


def states(body: BertModel, ids: list[list[int]]) -> torch.Tensor:
    return body(input_ids=torch.tensor(ids)).last_hidden_state


def test_nothing_changes_until_something_is_trained(body: BertModel) -> None:
    before = states(body, [[1, 4, 0, 11]])
    train_embedding_rows(body, SEEN)
    torch.testing.assert_close(states(body, [[1, 4, 0, 11]]), before)


def test_only_the_rows_that_occur_are_trained_and_padding_is_not(body: BertModel) -> None:
    table = body.get_input_embeddings().weight.detach().clone()
    train_embedding_rows(body, SEEN)
    assert body.get_input_embeddings().rows.shape == (4, 8)
    optimiser = torch.optim.SGD([p for p in body.parameters() if p.requires_grad], lr=1.0)
    states(body, [[4, 9, 0, 3]]).square().sum().backward()
    optimiser.step()
    put_rows_back(body)
    tuned = body.get_input_embeddings()
    assert type(tuned) is nn.Embedding
    moved = (tuned.weight != table).any(1).nonzero().flatten().tolist()
    assert moved == [4, 9]


def test_gradients_are_those_of_the_whole_table(body: BertModel) -> None:
    states(body, [[4, 9, 9, 0]]).square().sum().backward()
    whole = body.get_input_embeddings().weight.grad[[2, 4, 7, 9]].clone()
    body.zero_grad()
    train_embedding_rows(body, SEEN)
    states(body, [[4, 9, 9, 0]]).square().sum().backward()
    torch.testing.assert_close(body.get_input_embeddings().rows.grad, whole)


def test_a_table_that_another_layer_uses_too_is_left_alone(body: BertModel) -> None:
    body.more = nn.Linear(8, 12)
    body.more.weight = body.get_input_embeddings().weight
    train_embedding_rows(body, SEEN)
    assert not isinstance(body.get_input_embeddings(), TrainedEmbeddingRows)
