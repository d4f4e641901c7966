"""The layers of the bundled models, as `engine.models.anatomy` traces them: no library is needed.

`tests/engine/models/test_anatomy.py` holds them against the models.
"""

from workbench.models.layer_facts import LayerFacts

LAYER_FACTS = {
    "SmolLM2-135M-Instruct": LayerFacts(
        packable=106168320,
        other=28346688,
        layers=30,
        hidden=576,
        vocab=49152,
        widest=884736,
        inner=1536,
        cache=11520,
        targets={
            "q_proj": [30, 34560],
            "all-linear": [210, 305280],
            "attention": [120, 115200],
            "k_proj": [30, 23040],
            "v_proj": [30, 23040],
            "o_proj": [30, 34560],
            "gate_proj": [30, 63360],
            "up_proj": [30, 63360],
            "down_proj": [30, 63360],
        },
        kept={
            "bfloat16": {
                "lora": [
                    [9768960.0, 895336.0, 0.0, 120.0, 0.0, 0.0],
                    [9768960.0, 722536.0, 0.0, 60.0, 0.0, 0.0],
                ],
                "lora_dropout": [
                    [9768960.0, 1294734.4, 0.0, 120.0, 0.0, 0.0],
                    [9768960.0, 1121934.4, 0.0, 60.0, 0.0, 0.0],
                ],
            },
            "float32": {
                "lora": [
                    [0.0, 1305512.0, 0.0, 120.0, 0.0, 0.0],
                    [0.0, 1305512.0, 0.0, 120.0, 0.0, 0.0],
                ],
                "lora_dropout": [
                    [0.0, 2174120.0, 0.0, 120.0, 0.0, 0.0],
                    [0.0, 2174120.0, 0.0, 120.0, 0.0, 0.0],
                ],
            },
        },
        whole_logits=False,
    ),
    "all-MiniLM-L6-v2": LayerFacts(
        packable=0,
        other=22565376,
        layers=6,
        hidden=384,
        vocab=30522,
        widest=0,
        inner=1536,
        cache=4608,
        targets={
            "query": [6, 4608],
            "all-linear": [36, 41472],
            "attention": [24, 18432],
            "key": [6, 4608],
            "value": [6, 4608],
            "dense": [18, 27648],
        },
        kept={
            "bfloat16": {
                "lora": [
                    [21639168.0, 102624.0, 0.0, 720.0, 0.0, 0.0],
                    [21639168.0, 102624.0, 0.0, 720.0, 0.0, 0.0],
                ],
                "full": [
                    [21233664.0, 104568.0, 0.0, 720.0, 0.0, 0.0],
                    [21233664.0, 104568.0, 0.0, 720.0, 0.0, 0.0],
                ],
                "lora_dropout": [
                    [21639168.0, 157920.0, 0.0, 720.0, 0.0, 0.0],
                    [21639168.0, 157920.0, 0.0, 720.0, 0.0, 0.0],
                ],
            },
            "float32": {
                "lora": [
                    [0.0, 168288.0, 0.0, 864.0, 0.0, 0.0],
                    [0.0, 168288.0, 0.0, 864.0, 0.0, 0.0],
                ],
                "full": [
                    [0.0, 169080.0, 0.0, 864.0, 0.0, 0.0],
                    [0.0, 169080.0, 0.0, 864.0, 0.0, 0.0],
                ],
                "lora_dropout": [
                    [0.0, 265056.0, 0.0, 864.0, 0.0, 0.0],
                    [0.0, 265056.0, 0.0, 864.0, 0.0, 0.0],
                ],
            },
        },
        whole_logits=False,
    ),
}
