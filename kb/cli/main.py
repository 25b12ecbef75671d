"""The command `servicebook`: a table of commands whose modules load only when they run."""

import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import typer

from kb.cli.errors import exit_code_of, report
from kb.errors import KbError
from planner.errors import PlannerError


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: the module whose `command` it is, and what `--help` says of it.

    `command` is a `typer.Typer` with sub-commands, or a function that is the whole command.
    """

    module: str
    help_zh: str
    help_en: str

    @property
    def help(self) -> str:
        """One line in both languages."""
        return f"{self.help_zh} · {self.help_en}"


COMMANDS: dict[str, Entry] = {
    "demo": Entry("kb.cli.demo", "建立示例部门并启动服务", "build a sample department and serve it"),
    "serve": Entry("kb.cli.serve", "启动服务（页面与接口）", "serve pages and API"),
    "migrate": Entry("kb.cli.migrate", "升级数据库结构", "bring the database to this version"),
    "search": Entry("kb.cli.search", "检索资料库", "search the library"),
    "content": Entry("kb.cli.content", "检查与列出资料页", "check and list the library's pages"),
    "page": Entry("kb.cli.page", "编写资料页及其历史", "write pages of the library, with their history"),
    "library": Entry(
        "kb.cli.library", "资料库健康、读者反馈与复用", "the library's health, readers' feedback, reuse"
    ),
    "site": Entry("kb.cli.site", "生成与检查站点", "build and check the site"),
    "register": Entry("kb.cli.register", "台账导入、导出与查询", "import, export and list the register"),
    "equipment": Entry("kb.cli.equipment", "设备与机床数据", "equipment and its machine data"),
    "sample": Entry("kb.cli.sample", "载入示例部门", "load the sample department"),
    "plan": Entry("kb.cli.plan", "生成巡检计划与导出", "plan inspections and export plans"),
    "visit": Entry("kb.cli.visit", "巡检的完成、改期与锁定", "report, book, move and lock visits"),
    "fault": Entry(
        "kb.cli.fault", "报障：登记、时限、处理方案", "fault reports: taken, deadlines, handling plan"
    ),
    "reliability": Entry(
        "kb.cli.reliability",
        "可靠性：指标、寿命、趋势、旧记录导入",
        "reliability: figures, lives, trends, old jobs",
    ),
    "order": Entry(
        "kb.cli.order",
        "工单：现场作业、报告、质保台账",
        "work orders: work on site, reports, warranty ledger",
    ),
    "stock": Entry("kb.cli.stock", "备件库存与缺件", "spare parts in stock, and what is short"),
    "proposal": Entry("kb.cli.proposal", "维保方案与价目", "maintenance proposals and the price book"),
    "emergency": Entry("kb.cli.emergency", "应急预案、复核与演练", "emergency plans, reviews and drills"),
    "inspection": Entry("kb.cli.inspection", "巡检分析与技术通告", "inspection analysis and bulletins"),
    "audit": Entry("kb.cli.audit", "操作审计与个人信息", "the audit trail and personal data"),
    "record": Entry(
        "kb.cli.record", "投诉、回访、抽查等记录", "complaints, calls, samples and other records"
    ),
    "summary": Entry("kb.cli.summary", "月度与年度汇总", "monthly and yearly summaries"),
    "course": Entry("kb.cli.course", "课程：幻灯片、讲义、题库", "courses: slides, handout, questions"),
    "training": Entry(
        "kb.cli.training",
        "培训计划、签到、证书、现场主题",
        "training: plan, attendance, certificates, topics",
    ),
    "draft": Entry("kb.cli.draft", "现场写的案例草稿", "draft cases from the field"),
    "user": Entry("kb.cli.user", "用户与角色", "users and their roles"),
    "doctor": Entry("kb.cli.doctor", "自检", "check this installation"),
    "docs": Entry("kb.cli.docs", "生成参考文档", "write the generated reference pages"),
}


def _not_loaded() -> None:
    """Stand in for a command that this run does not need."""


def _chosen(arguments: Sequence[str]) -> str | None:
    return next((word for word in arguments if not word.startswith("-")), None)


def _show_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"servicebook {version('servicebook')}")
        raise typer.Exit


def _root(
    show_version: bool = typer.Option(
        False,
        "--version",
        help="显示版本 · show the version",
        is_eager=True,
        callback=lambda value: _show_version(wanted=value),
    ),
) -> None:
    """维保智库 Servicebook：故障案例与技术指南库、巡检计划。

    A library of fault cases and guides, and a maintenance planner.
    """


def command_line(arguments: Sequence[str]) -> typer.Typer:
    """Return the command line for `arguments`, with only the command they name imported."""
    app = typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    chosen = _chosen(arguments)
    for name, entry in COMMANDS.items():
        command: typer.Typer | Callable[..., object] = _not_loaded
        if name == chosen:
            command = importlib.import_module(entry.module).command
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, help=entry.help, no_args_is_help=True)
        else:
            app.command(name, help=entry.help)(command)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; the process ends with an exit code of `kb.cli.errors`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        command_line(words)(words, prog_name="servicebook")
    except (KbError, PlannerError) as error:
        report(error, as_json="--json" in words)
        sys.exit(exit_code_of(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
