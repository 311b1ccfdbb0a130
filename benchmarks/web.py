"""How long the app takes from a slider to its text, on the flagship, in process.

python -m benchmarks.web
"""

import re
import statistics
import time

from starlette.testclient import TestClient

import halfway as hw
from halfway.web.app import application

HOST = "127.0.0.1:8765"
TIMES = 60


def main() -> None:
    """Print median and ninetieth percentile of slider and option, in milliseconds."""
    with TestClient(application({HOST}, hw.load("belarus-2020")), base_url=f"http://{HOST}") as client:
        home = client.get("/").text
        case = re.search(r'href="(/case/[^"]+)"', home)[1]
        page = client.get(f"{case}/change").text
        sent = {n: re.search(rf'name="{n}" value="([^"]+)"', page)[1] for n in ("token", "hash", "plan")}

        def measured(name: str, values: list[str]) -> str:
            taken = []
            for value in values:
                started = time.perf_counter()
                answer = client.post(f"{case}/try", data=sent | {name: value}, headers={"origin": f"http://{HOST}"})
                taken.append(1000 * (time.perf_counter() - started))
                assert answer.status_code == 200
            taken.sort()
            return f"median {statistics.median(taken):.0f} ms, p90 {taken[int(0.9 * len(taken))]:.0f} ms ({len(taken)} times)"

        low, high = map(float, re.search(r'name="c0" min="([^"]+)" max="([^"]+)"', page).groups())
        sliders = [f"{low + (high - low) * k / TIMES:.4g}" for k in range(1, TIMES + 1)]
        print(f"slider to text: {measured('c0', sliders)}")
        phases = page[page.index("Phase by phase") :]
        name, options = re.search(r'<select id="(c\d+)".*?>(.*?)</select>', phases).groups()
        other = [v for v in re.findall(r'value="([^"]+)"', options) if f'value="{v}" selected' not in options]
        print(f"option to text: {measured(name, other * 5)}")


if __name__ == "__main__":
    main()
