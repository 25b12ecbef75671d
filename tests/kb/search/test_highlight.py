"""The passage that answers best: of several texts and sentences, the first of those with the most units of the query."""

from hypothesis import given
from hypothesis import strategies as st

from kb.search.highlight import Marker
from kb.search.query import Understood, Unit, Way

WORDS = ("主轴", "过热", "水泵", "堵塞")
SENTENCES = st.lists(
    st.lists(st.sampled_from([*WORDS, "的", "检查", "pump"]), min_size=1, max_size=6).map(
        lambda words: "，".join(words) + "。"
    ),
    min_size=1,
    max_size=8,
)


def marker(*words: str) -> Marker:
    units = tuple(
        Unit(text=word, weight=1.0, ways=(Way((word,), 1.0, "word", word),), surfaces=(word,), start=0, end=2)
        for word in words
    )
    return Marker(Understood(query="".join(words), units=units))


def test_the_sentence_with_the_most_units_wins_wherever_it_stands() -> None:
    texts = ["主轴转速正常。主轴过热。", "水泵堵塞，主轴过热。"]
    assert marker("主轴", "过热").best_passage(texts, 12).startswith("主轴过热")
    assert marker("主轴", "过热", "水泵").best_passage(texts, 12).startswith("水泵堵塞")


def test_of_sentences_that_answer_as_much_the_first_wins_also_where_a_later_one_looked_better() -> None:
    # The second has a part of one word more, so it is looked at first; it answers no more than the first.
    texts = ["主轴过热。堵住主轴过热。"]
    assert marker("主轴", "过热", "堵塞").best_passage(texts, 5).startswith("主轴过热")


def test_a_text_without_any_word_is_shown_from_its_beginning() -> None:
    assert marker("堵塞").best_passage(["检查油位。换油。"], 5) == "检查油位。…"


@given(texts=st.lists(SENTENCES, min_size=1, max_size=3), words=st.sets(st.sampled_from(WORDS), min_size=1))
def test_looking_at_the_likeliest_first_finds_what_looking_at_every_sentence_finds(
    texts: list[list[str]], words: set[str]
) -> None:
    made = marker(*sorted(words))
    best, most = "", (0, 0)
    for sentence in (sentence for text in texts for sentence in text):
        inside = made.spans(sentence)
        score = (len({unit for _, _, unit in inside}), min(len(inside), len({word[0] for word in words})))
        if score > most:
            best, most = sentence, score
    shown = made.best_passage(["".join(text) for text in texts], len(best))
    if best:
        assert shown.strip("…") == best
