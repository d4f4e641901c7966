"""A map of the examples: rows that say alike things lie near each other, in two dimensions."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

MOST_ROWS = 2000
_FIRST_DIMENSIONS = 50
_PERPLEXITY = 30
_ROUNDS = 500


def drawn(rows: int, seed: int) -> list[int]:
    """Which rows are on the map: all, or so many drawn at random."""
    if rows <= MOST_ROWS:
        return list(range(rows))
    picked = np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False)
    return [int(row) for row in sorted(picked)]


def places(embeddings: torch.Tensor, seed: int) -> npt.NDArray[np.float64]:
    """Coordinates (rows, 2) between -1 and 1 of embeddings (rows, hidden).

    t-SNE (van der Maaten & Hinton 2008) after principal components; those alone where there are
    too few rows for neighbourhoods.
    """
    # Imported here: a trainer that needs none of it starts a second earlier.
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    vectors = embeddings.numpy().astype(np.float64)
    rows, hidden = vectors.shape
    if rows < 3:
        return np.zeros((rows, 2))
    first = PCA(min(_FIRST_DIMENSIONS, rows, hidden), random_state=seed).fit_transform(vectors)
    if rows > 3 * _PERPLEXITY:
        method = TSNE(2, perplexity=_PERPLEXITY, init="pca", random_state=seed, max_iter=_ROUNDS)
        with threadpool_limits(1):  # beside a training its threads would only wait for each other
            found = method.fit_transform(first)
    else:
        found = first[:, :2]
    centred = found - (found.max(0) + found.min(0)) / 2
    return np.asarray(centred / (np.abs(centred).max() or 1.0), np.float64)


def rows_with_places(
    row_ids: Sequence[int], found: npt.NDArray[np.float64]
) -> dict[str, list[float] | list[int]]:
    """Columns row_id, x and y."""
    return {"row_id": list(row_ids), "x": found[:, 0].tolist(), "y": found[:, 1].tolist()}
