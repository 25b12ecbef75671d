"""The search over a small library with a real index: what is found, in which order, and why."""

from pathlib import Path

import pytest

from kb.errors import NotFound
from kb.search import Filters, SearchIndex
from tests.kb.search.pages import a_case, a_term, an_alarm, an_index


def ids(index: SearchIndex, query: str, **changes: object) -> list[str]:
    return [hit.page.id for hit in index.search(query, filters=Filters(**changes)).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        "401",
        "SV401",
        "SV0401",
        "sv 0401",
        "ALM401",
        "401报警",
        "报警401",
        "401#",
        "４０１",
        "FANUC 401",
        "法兰克401报警",
    ],
)
def test_every_way_to_write_a_code_finds_the_alarm_then_its_case_then_the_mention(
    index: SearchIndex, query: str
) -> None:
    assert ids(index, query)[:3] == ["ALM-SV0401", "CASE-READY", "GUIDE-MENTION"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("F30002", "ALM-F30002"),
        ("230002", "ALM-F30002"),
        ("S010052", "ALM-S01-0052"),
        ("三菱 S01-52", "ALM-S01-0052"),
        ("25050 X1", "ALM-25050"),
        ("828D 25050", "ALM-25050"),
        ("joint 2 following error", "ALM-JOINT"),
        ("700016", "ALM-7XXXXX"),
        ("CASE-JUMP", "CASE-JUMP"),
        ("MEA-03", "CASE-JUMP"),
    ],
)
def test_codes_of_other_makers_message_texts_ids_and_facts(
    index: SearchIndex, query: str, wanted: str
) -> None:
    assert ids(index, query)[0] == wanted


def test_codes_are_never_fuzzy(index: SearchIndex) -> None:
    result = index.search("SV0402")
    assert result.unknown_codes == ("SV0402",)
    assert result.nearest
    assert {hit.match for hit in result.hits} == {"nearest"}
    assert result.hits[0].page.id == "ALM-SV0401"
    assert result.hits[0].why[0].message == "no page has {code}; this is the nearest number"


def test_an_unknown_code_beside_words_brings_pages_for_the_words(index: SearchIndex) -> None:
    result = index.search("SV0499 主轴过热")
    assert result.unknown_codes == ("SV0499",)
    assert result.hits[0].page.id == "CASE-HOT"
    assert not result.nearest


def test_a_number_of_several_families_shows_them_side_by_side(index: SearchIndex) -> None:
    result = index.search("116")
    assert [hit.page.id for hit in result.hits[:2]] == ["ALM-PS0116", "ALM-HAAS-116"]
    assert result.understood.codes[0].families == ("fanuc", "haas")


def test_the_maker_decides_where_a_number_is_shared(index: SearchIndex) -> None:
    assert ids(index, "哈斯116") == ["ALM-HAAS-116"]
    assert ids(index, "发那科116") == ["ALM-PS0116"]


def test_a_number_under_other_letters_of_the_family_is_told_as_such(index: SearchIndex) -> None:
    result = index.search("SV0300")
    assert result.hits[0].page.id == "ALM-DS0300"
    assert result.hits[0].why[0].message == "code {code}: same number under other letters"
    assert result.unknown_codes == ()


def test_a_measure_is_not_taken_for_a_code(index: SearchIndex) -> None:
    assert index.search("主轴401转异响").understood.codes == ()


def test_a_page_that_answers_all_stands_above_pages_that_hold_one_word(index: SearchIndex) -> None:
    result = index.search("主轴过热")
    assert result.hits[0].page.id == "CASE-HOT"
    noise = [hit for hit in result.hits if hit.page.id == "CASE-NOISE"]
    assert not noise or noise[0].score < 0.6 * result.hits[0].score


def test_where_nothing_holds_all_it_says_so(index: SearchIndex) -> None:
    result = index.search("主轴 蓄能器 焊缝")
    assert result.nearest
    assert {hit.match for hit in result.hits} == {"nearest"}


@pytest.mark.parametrize(
    ("query", "wanted", "way"),
    [
        pytest.param("回零", "GUIDE-HOME", "has {typed}", id="the word itself"),
        pytest.param("homing", "GUIDE-HOME", "{typed} = {shown} (same meaning)", id="English"),
        pytest.param("返回原点 归零", "GUIDE-HOME", "{typed} = {shown} (same meaning)", id="everyday word"),
        pytest.param(
            "guangshanchi", "CASE-SCALE", "{typed} → {shown} (pinyin)", id="pinyin of the term page"
        ),
        pytest.param("guang shan chi", "CASE-SCALE", "{typed} → {shown} (pinyin)", id="pinyin with spaces"),
        pytest.param("zhuzhouguore", "CASE-HOT", "{typed} → {shown} (pinyin)", id="pinyin of two words"),
        pytest.param("zzgr", "CASE-HOT", "{typed} → {shown} (initials)", id="initials inside a title"),
        pytest.param(
            "光删尺",
            "CASE-SCALE",
            "{typed} → {shown} (likely spelling)",
            id="wrong character on the term page",
        ),
        pytest.param(
            "光珊齿脏污",
            "CASE-SCALE",
            "{typed} → {shown} (likely spelling)",
            id="wrong characters nobody wrote down",
        ),
        pytest.param("encodr", "TERM-encoder", "{typed} → {shown} (likely spelling)", id="English misspelt"),
        pytest.param("zuzou guore", "CASE-HOT", "{typed} → {shown} (pinyin)", id="pinyin with an accent"),
        pytest.param(
            "主轴过惹", "CASE-HOT", "{typed} → {shown} (likely spelling)", id="a character of the same sound"
        ),
        pytest.param("主軸過熱", "CASE-HOT", "has {typed}", id="Traditional"),
        pytest.param("spindle 过热", "CASE-HOT", "{typed} = {shown} (same meaning)", id="mixed"),
    ],
)
def test_what_people_type_finds_the_page_and_says_how(
    index: SearchIndex, query: str, wanted: str, way: str
) -> None:
    result = index.search(query)
    assert not result.nearest
    hit = next(hit for hit in result.hits[:3] if hit.page.id == wanted)
    assert way in {reason.message for reason in hit.why}


def test_a_match_by_tolerance_ranks_below_an_exact_one(index: SearchIndex) -> None:
    exact = index.search("光栅尺脏污").hits[0]
    sound = index.search("guangshanchi zangwu").hits[0]
    assert exact.page.id == sound.page.id == "CASE-SCALE"
    assert sound.score < exact.score


@pytest.mark.parametrize(("query", "better"), [("光珊齿脏污", "光栅尺脏污"), ("zhuzhouguore", "主轴过热")])
def test_did_you_mean(index: SearchIndex, query: str, better: str) -> None:
    assert index.search(query).suggestion == better


def test_what_is_written_right_is_never_put_right(index: SearchIndex) -> None:
    for query in ("主轴过热", "数显表乱跳", "报警401", "SV0401", "光栅尺清洁"):
        assert index.search(query).suggestion == ""


def test_a_question_for_a_procedure_puts_guides_first(index: SearchIndex) -> None:
    assert ids(index, "怎么清洁光栅尺")[0] == "GUIDE-CLEAN"
    assert index.search("怎么清洁光栅尺").understood.intent == "howto"


def test_a_question_for_a_meaning_puts_terms_first(index: SearchIndex) -> None:
    assert ids(index, "光栅尺是什么")[0] == "TERM-scale"


def test_question_words_are_left_out(index: SearchIndex) -> None:
    assert ids(index, "请问主轴过热是怎么回事啊")[0] == ids(index, "主轴过热")[0]


def test_an_english_to_is_no_tool_offset(index: SearchIndex) -> None:
    assert "TERM-offset" not in ids(index, "how to clean the scale")


def test_withdrawn_pages_are_found_only_when_asked_for(tmp_path: Path) -> None:
    index = an_index(tmp_path, cases__old=a_case(id="CASE-OLD", title="主轴过热旧案例", status="withdrawn"))
    assert "CASE-OLD" not in ids(index, "主轴过热旧案例")
    assert ids(index, "主轴过热旧案例", withdrawn=True)[0] == "CASE-OLD"
    assert "CASE-OLD" not in ids(index, "")


def test_confidence_decides_between_like_pages(tmp_path: Path) -> None:
    like = {"title": "刀库卡滞", "symptom": "刀库不转", "summary": "刀库不转。"}
    index = an_index(
        tmp_path,
        cases__a=a_case(id="CASE-A", confidence="wip", **like),
        cases__b=a_case(id="CASE-B", confidence="validated", **like),
        cases__c=a_case(id="CASE-C", confidence="not_validated", **like),
    )
    assert ids(index, "刀库卡滞不转") == ["CASE-B", "CASE-C", "CASE-A"]


def test_the_later_review_then_the_id_decide_between_equals(tmp_path: Path) -> None:
    like = {"title": "刀库卡滞", "symptom": "刀库不转", "summary": "刀库不转。"}
    index = an_index(
        tmp_path,
        cases__a=a_case(id="CASE-B", reviewed="2026-01-02", **like),
        cases__b=a_case(id="CASE-A", reviewed="2026-01-02", **like),
        cases__c=a_case(id="CASE-C", reviewed="2026-02-02", **like),
    )
    assert ids(index, "刀库卡滞不转") == ["CASE-C", "CASE-A", "CASE-B"]


def test_facets_count_all_that_was_found_without_their_own_filter(index: SearchIndex) -> None:
    every = index.search("主轴")
    one = index.search("主轴", filters=Filters(chosen={"type": frozenset({"case"})}))
    assert one.facets["type"] == every.facets["type"]
    assert one.total == every.facets["type"]["case"]
    assert sum(one.facets["failure_mode"].values()) == one.total
    assert every.total == sum(every.facets["type"].values())


def test_pages_of_hits_make_up_the_whole(index: SearchIndex) -> None:
    whole = ids(index, "")
    parts = [hit.page.id for first in range(0, 60, 7) for hit in index.search("", first=first, size=7).hits]
    assert whole == parts[: len(whole)]
    assert len(parts) == index.search("").total


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "的了吗",
        "？！",
        "\x00\ufffd",
        "a" * 5000,
        "报警" * 300,
        "((((",
        "' OR 1=1",
        "*" * 50,
        "0" * 199,
    ],
)
def test_no_query_breaks_the_search(index: SearchIndex, query: str) -> None:
    result = index.search(query)
    assert len(result.understood.query) <= 200


@pytest.mark.parametrize("query", ["？！", "\ufffd\ufffd", "-----"])
def test_signs_alone_find_nothing(index: SearchIndex, query: str) -> None:
    assert index.search(query).total == 0


def test_marks_stand_where_the_words_are_and_lose_nothing(index: SearchIndex) -> None:
    understood = index.search("主轴过热").understood
    text = "<b>主軸</b>电机发热，主轴 OVERHEATING"
    pieces = index.marked(text, understood)
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.marked] == ["主軸", "发热", "主轴", "OVERHEATING"]


def test_an_excerpt_is_the_sentence_that_answers(tmp_path: Path) -> None:
    body = "## 现象\n\n" + "无关的话。" * 60 + "滤网堵死以后蜂鸣器会响。" + "别的话。" * 60
    index = an_index(tmp_path, guides__long=a_case(id="CASE-LONG", title="某页", body=body))
    pieces = index.excerpt("CASE-LONG", index.search("蜂鸣器").understood, length=60)
    assert "蜂鸣器" in [piece.text for piece in pieces if piece.marked]
    assert sum(len(piece.text) for piece in pieces) <= 62


def test_similar_pages_share_an_alarm_before_anything_else(index: SearchIndex) -> None:
    hits = index.similar("CASE-READY")
    assert hits[0].page.id == "ALM-SV0401"
    assert "shows the same alarm" in {reason.message for reason in hits[0].why}
    assert "CASE-READY" not in {hit.page.id for hit in hits}


def test_similar_pages_of_a_page_that_is_not_there(index: SearchIndex) -> None:
    with pytest.raises(NotFound, match="no page has the id 'CASE-NONE'"):
        index.similar("CASE-NONE")


def test_a_new_term_page_teaches_the_search_its_names(tmp_path: Path) -> None:
    index = an_index(
        tmp_path,
        terms__ram=a_term("ram", "滑枕", "ram", hidden=("滑台头",)),
        cases__ram=a_case(id="CASE-RAM", title="滑枕爬行", symptom="走得不匀", summary="缺油。"),
    )
    assert ids(index, "滑台头爬行")[0] == "CASE-RAM"


def test_an_alarm_whose_code_is_letters(tmp_path: Path) -> None:
    index = an_index(tmp_path, alarms__bat=an_alarm("ALM-BAT", "BAT", "电池电压低"))
    assert ids(index, "BAT 闪烁")[0] == "ALM-BAT"
