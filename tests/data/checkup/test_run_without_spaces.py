"""Languages without spaces: what counts words or letters finds no fault with what has none."""

import itertools

import pytest

from tests.helpers.check_tables import sorting
from workbench.core.tasks import TASKS
from workbench.data.checkup.checks import duplicates, languages, lengths, no_content, repetition
from workbench.data.checkup.checks.marking import marking_words
from workbench.data.checkup.rows import Rows
from workbench.data.checkup.run import run

_THINGS = {
    "zh": ["水壶", "台灯", "书桌", "围巾", "帐篷", "椅子", "路由器", "电钻"],
    "ja": ["やかん", "ランプ", "机", "マフラー", "テント", "椅子", "ルーター", "ドリル"],
    "th": ["กาน้ำ", "โคมไฟ", "โต๊ะ", "เก้าอี้", "เต็นท์", "หมอน", "ผ้าพันคอ", "สว่าน"],
}
_PLACES = {
    "zh": ["北京", "南京", "上海", "广州", "杭州"],
    "ja": ["東京", "京都", "大阪", "福岡", "札幌"],
    "th": ["กรุงเทพ", "เชียงใหม่", "ภูเก็ต", "ขอนแก่น", "สงขลา"],
}
_SAYINGS = {
    "zh": [
        ("我在{place}买的{thing}已经过了一个星期还没有送到，请帮我查一下", "物流"),
        ("你们在{place}多收了我{thing}的钱，请尽快退还给我", "退款"),
        ("{place}寄来的{thing}太差了太差了太差了", "质量"),
    ],
    "ja": [
        ("{place}で買った{thing}がまだ届きません。いつ届きますか？", "配送"),
        ("{place}店で{thing}の代金を二重に請求されました。", "返金"),
        ("{place}から届いた{thing}はとてもとてもとても残念です。", "品質"),
    ],
    "th": [
        ("{thing}ยังไม่มาถึง{place}เลย ช่วยตรวจสอบให้หน่อย", "ส่ง"),
        ("อยากคืน{thing}ที่ซื้อที่{place} ต้องทำอย่างไร", "คืนเงิน"),
        ("{thing}จาก{place}ช้ามากช้ามากช้ามาก", "คุณภาพ"),
    ],
}


def _rows(language: str) -> Rows:
    """120 complaints: three sorts, eight things, five places; one in six an exam question."""
    triples = itertools.product(_SAYINGS[language], _THINGS[language], _PLACES[language])
    pairs = [
        (saying.format(thing=thing, place=place), label)
        for (saying, label), thing, place in triples
    ]
    splits = ["test" if n % 6 == 0 else "train" for n in range(len(pairs))]
    return sorting(*pairs, splits=splits, clean=False)


@pytest.mark.parametrize("language", _SAYINGS)
def test_ordinary_complaints_have_nothing_wrong_with_them(language: str) -> None:
    assert [finding.title for finding in run(_rows(language))] == []


@pytest.mark.parametrize(
    "text", ["太慢太慢太慢", "太慢了太慢了太慢了", "好好好好好好好", "遅い遅い遅い遅い", "ช้ามากช้ามากช้ามาก",
             "bad bad bad bad", "no no no no no", "哈哈哈哈哈哈哈"]
)  # fmt: skip
def test_words_that_come_again_are_emphasis(text: str) -> None:
    assert no_content.check(sorting((text, "Delivery"))) is None


@pytest.mark.parametrize("text", ["测试", "テスト", "暂无", "asdasdasd asdasdasd"])
def test_what_says_nothing_is_found_all_the_same(text: str) -> None:
    assert no_content.check(sorting((text, "Delivery")))


@pytest.mark.parametrize("text", ["我想退掉在北京买的水壶", "กาน้ำยังไม่มาถึงกรุงเทพเลย"])
def test_the_same_text_twice_is_a_copy(text: str) -> None:
    assert duplicates.check(sorting((text, "Return"), (text + "。", "Return")))


def test_a_long_text_that_is_nearly_the_same_is_a_copy() -> None:
    long = "".join(saying.format(thing="水壶", place="北京") for saying, _ in _SAYINGS["zh"])

    assert duplicates.check(sorting((long, "Return"), (long.replace("尽快", "马上"), "Return")))


def test_a_letter_counts_as_a_token_in_a_rough_estimate() -> None:
    rows = sorting(("水壶坏了请退钱" * 90, "Return"), ("A mug. " * 90, "Return"))

    finding = lengths.check_roughly(rows)
    assert finding
    assert [flagged.row_id for flagged in finding.flagged_rows] == [9]


def test_answers_that_begin_alike_are_found() -> None:
    questions = [f"第{n}个问题是什么时候送到呢" for n in range(30)]
    answers = [f"您好，感谢您联系我们的客服，关于第{n}号{n * n}" for n in range(30)]
    values = {"prompt": questions, "response": answers}
    rows = Rows(TASKS["completion"], list(range(1, 31)), ["train"] * 30, values)

    assert [finding.kind for finding in repetition.check(rows)] == ["template"]


def test_one_language_is_one() -> None:
    assert languages.check(_rows("zh")) is None
    assert languages.check(_rows("ja")) is None


def test_words_that_mark_a_category_are_found() -> None:
    rows = _rows("zh")

    words = marking_words(rows.questions(), rows.answers())

    assert "差了" in words["质量"]
    assert all(len(word) <= 3 for some in words.values() for word in some)
