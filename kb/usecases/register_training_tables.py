"""The tables of what technicians must prove: skills that need a certificate, and the certificates (证书) themselves."""

from collections.abc import Iterator

from kb.usecases.register_days import Day
from kb.usecases.register_description import Field, Rule, Table, Values
from kb.usecases.register_kinds import Kind, Number, Reference, Wrong, YesNo
from kb.usecases.register_site_tables import code_field


def _ends_not_before_it_begins(values: Values) -> Iterator[tuple[str, Wrong]]:
    first, last = values["first_day"], values["last_day"]
    if last is not None and last < first:
        wrong = Wrong("lies before the first day {day}", "give a later day", day=first)
        yield "last_day", wrong


SKILLS = Table(
    name="skills",
    title=("技能", "Skills"),
    single=("技能", "Skill"),
    handle="code",
    key=("code",),
    named_by=("name",),
    says=(
        "须持证的技能及证书有效期；没有列在这里的技能不需要证书",
        "skills that need a certificate, and for how long it holds; a skill that is not listed needs none",
    ),
    own_fields=(
        code_field(("技能代码", "Skill code"), "fanuc"),
        Field(
            name="name",
            title=("技能名称", "Skill name"),
            kind=Kind(most=80),
            example="低压电工作业",
            listed=True,
            searched=True,
        ),
        Field(
            name="needs_certificate",
            title=("须持证", "Needs a certificate"),
            kind=YesNo(),
            default=False,
            example="是",
            listed=True,
            filtered=True,
            help=(
                "是：没有有效证书的工程师不派此类工作",
                "yes: nobody is sent to such work without a certificate that is valid on the day",
            ),
        ),
        Field(
            name="validity_months",
            title=("证书有效月数", "Valid for (months)"),
            kind=Number(least=1, largest=240, whole=True),
            default=None,
            example="36",
            listed=True,
            help=(
                "培训合格后发证的有效期；空为长期",
                "of certificates that a training gives; empty is without end",
            ),
        ),
    ),
)

CERTIFICATES = Table(
    name="certificates",
    title=("证书", "Certificates"),
    single=("证书", "Certificate"),
    handle="code",
    key=("code",),
    named_by=("technician", "skill"),
    says=(
        "工程师的证书：有效期内技能才算数，派工按当天是否有效",
        "certificates of technicians: the skill counts while one is valid, and plans go by the day",
    ),
    rules=(Rule(fields=("first_day", "last_day"), check=_ends_not_before_it_begins),),
    own_fields=(
        code_field(("证书编号", "Certificate code"), "Z2026-001"),
        Field(
            name="technician",
            title=("工程师编号", "Technician code"),
            kind=Reference(table="technicians"),
            column="technician_id",
            required=True,
            example="T01",
            listed=True,
            searched=True,
            filtered=True,
        ),
        Field(
            name="skill",
            title=("技能代码", "Skill code"),
            kind=Kind(most=64),
            required=True,
            example="fanuc",
            listed=True,
            searched=True,
            filtered=True,
            help=(
                "与工程师技能、保养计划所需技能同一代码",
                "the code that technicians and maintenance plans use",
            ),
        ),
        Field(
            name="title",
            title=("证书名称", "Certificate name"),
            kind=Kind(most=120),
            example="特种作业操作证（低压电工）",
            searched=True,
        ),
        Field(
            name="number",
            title=("证书号码", "Printed number"),
            kind=Kind(most=80),
            example="T310101199001011234",
            searched=True,
            help=("证书上印的号码", "as it is printed on the certificate"),
        ),
        Field(
            name="issuer",
            title=("发证单位", "Issuer"),
            kind=Kind(most=120),
            example="上海市应急管理局",
            searched=True,
        ),
        Field(
            name="first_day",
            title=("有效期起", "Valid from"),
            kind=Day(),
            required=True,
            example="2026-03-01",
            listed=True,
        ),
        Field(
            name="last_day",
            title=("有效期至", "Valid until"),
            kind=Day(),
            default=None,
            example="2029-02-28",
            listed=True,
            help=(
                "最后有效日，当天仍有效；空为长期有效",
                "the last day on which it is valid; empty is without end",
            ),
        ),
    ),
)
