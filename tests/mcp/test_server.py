"""What an assistant may do, by the official client: in memory, and once as a program on standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the Model Context Protocol's SDK, the extra [mcp], is not installed")

import halfway as hw
from halfway.brief.sections.front import byline
from halfway.case.unreviewed import marked, numbers_of, unreviewed
from halfway.mcp.server import LARGEST, fitting, server
from mcp import Client, StdioServerParameters

DRAFT = """\
name: dam
# a comment
actors:
  up: {interests: {fill: {weight: 2, values: {fast: 100, slow: 60 ± 10}}}, walk_away: 20}
  down:
    interests: {fill: {weight: 1, values: {fast: 0, slow: {value: 70, note: From the minutes, source: minutes}}}}
    walk_away: 10
issues:
  fill: {options: [fast, slow], set_by: up, owner: down}
sources: {minutes: {title: Minutes of a meeting}}
status_quo: {fill: fast}
"""


def asked(root: Path, what: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with Client(server(root)) as client:
            return await what(client)

    return asyncio.run(run())


def call(root: Path, *calls: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    async def each(client: Client) -> list[dict[str, Any]]:
        out = []
        for name, arguments in calls:
            result = await client.call_tool(name, arguments)
            assert not result.is_error, result
            out.append(json.loads(result.content[0].text))  # type: ignore[union-attr]
        return out

    return asked(root, each)  # type: ignore[no-any-return]


def test_every_tool_says_what_it_takes_and_the_format_is_there(tmp_path: Path) -> None:
    async def look(client: Client) -> tuple[Any, Any, Any]:
        tools = (await client.list_tools()).tools
        schema = (await client.read_resource("halfway://format")).contents[0].text  # type: ignore[union-attr]
        answer = (await client.read_resource("halfway://result/settle")).contents[0].text  # type: ignore[union-attr]
        return tools, schema, answer

    tools, schema, answer = asked(tmp_path, look)
    assert {t.name for t in tools} >= {
        "cases",
        "check",
        "write_case",
        "settle",
        "audit",
        "conduct",
        "compare",
        "stability",
        "brief",
    }
    assert all(t.description and t.input_schema["type"] == "object" for t in tools)
    assert json.loads(schema) == json.loads(json.dumps(hw.schema()))
    assert json.loads(answer) == json.loads(json.dumps(hw.schema("settle")))


def test_a_case_is_written_checked_and_asked_and_says_whose_its_numbers_are(tmp_path: Path) -> None:
    checked, written, settled, listed = call(
        tmp_path,
        ("check", {"text": DRAFT}),
        ("write_case", {"file": "cases/dam.yaml", "text": DRAFT}),
        ("settle", {"case": "cases/dam.yaml"}),
        ("cases", {"search": "chicken"}),
    )
    total = len(list(numbers_of(hw.load(tmp_path / "cases" / "dam.yaml"))))
    assert total == 8
    assert checked["sound"]
    assert (checked["unreviewed"], checked["numbers"]) == (0, total)
    assert (written["unreviewed"], written["numbers"]) == (total, total)
    case = hw.load(tmp_path / "cases" / "dam.yaml")
    assert all(estimate.by == "assistant" for _, estimate in numbers_of(case))
    minutes = case.actors["down"].interests["fill"].values["slow"]  # type: ignore[index]
    assert (minutes.note, minutes.source) == ("From the minutes", ("minutes",))
    assert "8 of 8 numbers were proposed by an assistant and reviewed by nobody" in byline(case)
    assert settled["acceptable"] == json.loads(json.dumps(hw.settle(case).to_dict()))["acceptable"]
    assert [c["name"] for c in listed["catalogue"]] == ["chicken"]
    assert listed["folder"] == ["cases/dam.yaml"]


def test_what_was_there_before_keeps_its_mark(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(DRAFT, encoding="utf-8")
    changed = DRAFT.replace("walk_away: 20", "walk_away: 25")
    (written,) = call(tmp_path, ("write_case", {"file": "theirs.yaml", "text": changed, "based_on": "mine.yaml"}))
    assert written["unreviewed"] == 1
    assert written["say"].startswith("1 of 8 numbers was proposed")
    case = hw.load(tmp_path / "theirs.yaml")
    assert case.actors["up"].walk_away.utility.by == "assistant"  # type: ignore[union-attr]
    # A person reviews it by taking the mark out.
    text = (tmp_path / "theirs.yaml").read_text(encoding="utf-8")
    (tmp_path / "theirs.yaml").write_text(text.replace("by: assistant", "by: A. Person"), encoding="utf-8")
    assert unreviewed(hw.load(tmp_path / "theirs.yaml")) == (0, 8)


def test_nothing_of_the_users_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("mine", encoding="utf-8")
    refused, first, _ = call(
        tmp_path,
        ("write_case", {"file": "mine.yaml", "text": DRAFT}),
        ("write_case", {"file": "a.yaml", "text": DRAFT}),
        ("write_case", {"file": "a.yaml", "text": DRAFT.replace("name: dam", "name: dam2")}),
    )
    assert [p["code"] for p in refused["errors"]] == ["M003"]
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "mine"
    assert "written" in first
    assert hw.load(tmp_path / "a.yaml").name == "dam2"
    # A later session did not write it.
    (later,) = call(tmp_path, ("write_case", {"file": "a.yaml", "text": DRAFT}))
    assert [p["code"] for p in later["errors"]] == ["M003"]


@pytest.mark.parametrize("name", ["../out.yaml", "/etc/passwd", "link/out.yaml", "a/../../out.yaml", "\0.yaml", "."])
def test_nothing_outside_the_folder_is_read_or_written(tmp_path: Path, name: str) -> None:
    room, outside = tmp_path / "room", tmp_path / "elsewhere"
    room.mkdir()
    outside.mkdir()
    (outside / "out.yaml").write_text(DRAFT, encoding="utf-8")
    (tmp_path / "out.yaml").write_text(DRAFT, encoding="utf-8")
    (room / "link").symlink_to(outside)
    for tool, arguments in (
        ("check", {"case": name}),
        ("read_case", {"case": name}),
        ("write_case", {"file": name, "text": DRAFT}),
        ("brief", {"case": "chicken", "file": name}),
    ):
        (answer,) = call(room, (tool, arguments))
        assert [p["code"] for p in answer["errors"]] == ["M002"], (tool, answer)
    assert (tmp_path / "out.yaml").read_text(encoding="utf-8") == DRAFT


def test_a_wrong_draft_is_answered_with_every_problem_and_not_written(tmp_path: Path) -> None:
    wrong = DRAFT.replace("60 ± 10", "lots").replace("set_by: up", "set_by: upp")
    checked, written = call(tmp_path, ("check", {"text": wrong}), ("write_case", {"file": "dam.yaml", "text": wrong}))
    assert len(checked["errors"]) == 2
    assert all({"code", "what", "why", "remedy"} <= set(p) for p in checked["errors"])
    assert written["errors"]
    assert list(tmp_path.iterdir()) == []


def test_a_mark_changes_no_answer_but_the_hash(tmp_path: Path) -> None:
    case = hw.load("eu-belarus-2016")
    ours = marked(case)
    assert unreviewed(case)[0] == 0
    assert unreviewed(ours)[0] == unreviewed(ours)[1] == len(list(numbers_of(case)))
    hw.write(ours, tmp_path / "a.yaml")
    again = hw.load(tmp_path / "a.yaml")
    assert unreviewed(again) == unreviewed(ours)
    hw.write(ours, tmp_path / "a.xlsx")
    assert hw.read(tmp_path / "a.xlsx").case.content_hash == again.content_hash


def test_answers_too_large_name_what_is_left_out() -> None:
    answer = fitting({"small": 1, "large": "x" * (2 * LARGEST)})
    assert answer == {"small": 1, "left_out": ["large"]}


def test_the_program_speaks_on_standard_input_and_output(tmp_path: Path) -> None:
    async def run() -> str:
        command = StdioServerParameters(command=sys.executable, args=["-m", "halfway", "mcp"], cwd=tmp_path)
        async with Client(command) as client:
            result = await client.call_tool("write_case", {"file": "dam.yaml", "text": DRAFT})
            return str(result.content[0].text)  # type: ignore[union-attr]

    assert json.loads(asyncio.run(run()))["written"] == "dam.yaml"
    assert (tmp_path / "dam.yaml").is_file()
