"""Small sound inputs of every format, written for these tests."""

from __future__ import annotations

import json
from pathlib import Path

GENIUS_DOMAIN = """<?xml version="1.0"?>
<negotiation_template><utility_space number_of_issues="2"><objective index="0" name="root" type="objective" etype="objective">
<issue index="1" name="price" type="discrete" vtype="discrete"><item index="1" value="low"/><item index="2" value="high"/></issue>
<issue index="2" name="weeks" type="integer" vtype="integer" lowerbound="2" upperbound="4"></issue>
</objective></utility_space></negotiation_template>
"""
GENIUS_PROFILE = """<?xml version="1.0"?>
<utility_space><objective index="0" name="root" type="objective" etype="objective">
<issue index="1" name="price" type="discrete" vtype="discrete">
<item index="1" value="low" evaluation="1"/><item index="2" value="high" evaluation="4"/></issue>
<issue index="2" name="weeks" type="integer" vtype="integer" lowerbound="2" upperbound="4">
<evaluator ftype="linear" offset="0.0" slope="0.5"/></issue>
<weight index="1" value="0.6"/><weight index="2" value="0.4"/>
</objective><discount_factor value="0.9"/><reservation value="0.1"/></utility_space>
"""
GENIUSWEB_DOMAIN = {
    "name": "flat",
    "issuesValues": {"price": {"values": ["low", "high"]}, "weeks": {"range": {"low": "2", "high": "4", "step": "1"}}},
}
GENIUSWEB_SPACE = {
    "name": "p",
    "issueUtilities": {
        "price": {"DiscreteValueSetUtilities": {"valueUtilities": {"low": 0.25, "high": 1}}},
        "weeks": {"NumberValueSetUtilities": {"lowValue": 2, "lowUtility": 0, "highValue": 4, "highUtility": 1}},
    },
    "issueWeights": {"price": 0.6, "weeks": 0.4},
    "reservationBid": {"issuevalues": {"price": "low"}},
}
NEGMAS_DOMAIN = """name: flat
type: DiscreteCartesianOutcomeSpace
issues:
  - {name: price, type: CategoricalIssue, values: [low, high]}
  - {name: weeks, type: ContiguousIssue, values: [2, 4]}
"""
NEGMAS_FUNCTION = """type: LinearAdditiveUtilityFunction
reserved_value: 0.1
weights: [0.6, 0.4]
values:
  - {type: TableFun, mapping: {low: 0.25, high: 1}}
  - {type: AffineFun, slope: 0.5, bias: -1}
"""
POSITIONS = """actor,capability,issue,position,salience,from,to,unit,reference,outcome
north,80,date,10,60,4,10,years,10,8.25
south,30.5,date,4,90,,,,,
"""
KTAB = """dam,"Two neighbours, one river",3,2,,,,
Actor,Description,Power,Filling,Sal F,Money,Sal M,
Upstream,"Fills, fast",90,0,60,10,40,
Downstream,,40.5,100,80,90,20,
Bank,Lends,10,50,5,50,1/2,
"""
DEU = """prnr,prname,isnr,proc,counvte,intro,pcom,pep,pfr,pde,scom,sep,sfr,sde,rp,out
d1,fish,d1i1,COD,QMV,26-01-00,100,80,0,,60,50,90,,0,70
d1,fish,d1i2,CNS,unanimity,26-01-00,0,.,50,100,40,,80,20,,50
d2,fowl,d2i1,COD,QMV,27-01-00,0,0,100,100,10,20,30,40,,
"""
GAMBIT = """NFG 1 R "chicken" { "row" "column" }
{ { "swerve" "go on" } { "swerve" "go on" } }
""
{ { "" 2, 2 } { "" 3, 1 } { "" 1, 3 } { "" 0, 0 } }
1 2 3 4
"""
CONFLICT = {
    "program": "gmcr-py",
    "version": "0.3.12",
    "useManualPreferenceRanking": True,
    "options": [{"name": "Yield", "permittedDirection": "both"}, {"name": "Give way", "permittedDirection": "fwd"}],
    "decisionMakers": [
        {"name": "One", "options": [0], "preferences": [], "preferenceRanking": [3, 1, [2, 4]]},
        {"name": "Two", "options": [1], "preferences": [], "preferenceRanking": [2, 1, 4, 3]},
    ],
    "infeasibles": [],
}
TEXTS: dict[str, dict[str, str]] = {
    "genius": {"domain.xml": GENIUS_DOMAIN, "a.xml": GENIUS_PROFILE, "b.xml": GENIUS_PROFILE},
    "geniusweb": {
        "domain.json": json.dumps(GENIUSWEB_DOMAIN),
        "a.json": json.dumps({"LinearAdditiveUtilitySpace": GENIUSWEB_SPACE}),
        "b.json": json.dumps({"LinearAdditiveUtilitySpace": GENIUSWEB_SPACE}),
    },
    "negmas": {"flat.yml": NEGMAS_DOMAIN, "a.yml": NEGMAS_FUNCTION, "b.yml": NEGMAS_FUNCTION},
    "positions": {"table.csv": POSITIONS},
    "ktab": {"scenario.csv": KTAB},
    "deu": {"deu.csv": DEU.rsplit("d2,", 1)[0]},
    "gambit": {"game.nfg": GAMBIT},
    "gmcr": {"conflict.gmcr": json.dumps(CONFLICT)},
}
"""For each format, its files by name; a format of one file has one."""


def lay(folder: Path, files: dict[str, str | bytes] | dict[str, str]) -> Path:
    """Write files into a folder, and return what a user would name: the only file, or the folder."""
    for name, content in files.items():
        raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        (folder / name).write_bytes(raw)
    return folder if len(files) > 1 else folder / next(iter(files))
