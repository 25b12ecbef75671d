"""Parts of front matter share what is the same for many of them."""

from kb.content.pages import Cause, Component


def test_parts_that_were_given_the_same_fields_share_the_set_of_them_and_copies_do_not() -> None:
    one, two, more = (
        Component(subsystem="spindle"),
        Component(subsystem="axis"),
        Component(subsystem="axis", item=None),
    )
    assert one.model_fields_set is two.model_fields_set
    assert more.model_fields_set == {"subsystem", "item"}
    copied = one.model_copy(update={"item": "bearing"})
    assert copied.model_fields_set == {"subsystem", "item"}
    assert one.model_dump(exclude_unset=True) == {"subsystem": "spindle"}
    assert Cause(code="O4", text="轴承磨损").model_dump(exclude_unset=True) == {
        "code": "O4",
        "text": "轴承磨损",
    }
